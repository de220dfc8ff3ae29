//! Writing to people: output that outlives its reader, and errors with the line they are about.

use super::error::CliError;
use miette::{GraphicalReportHandler, GraphicalTheme};
use std::io::{self, ErrorKind, IsTerminal, Write};

/// Output that swallows everything once its reader has gone away, so that `pinn solve … | head` still
/// trains to the end and saves.
pub(super) struct Patient<W> {
    inner: W,
    closed: bool,
}

impl<W: Write> Patient<W> {
    pub(super) fn new(inner: W) -> Self {
        Patient {
            inner,
            closed: false,
        }
    }

    fn forgive<T>(&mut self, result: io::Result<T>, otherwise: T) -> io::Result<T> {
        match result {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(otherwise)
            }
            other => other,
        }
    }
}

impl<W: Write> Write for Patient<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(bytes.len());
        }
        let result = self.inner.write(bytes);
        self.forgive(result, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let result = self.inner.flush();
        self.forgive(result, ())
    }
}

/// Columns of tables and error reports.
pub(super) const WIDTH: usize = 100;

/// Returns true if colours are welcome: on a terminal, unless `NO_COLOR` (no-color.org) is set.
pub(super) fn colourful(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Writes an error to stderr: in colour on a terminal (unless `NO_COLOR` is set), else as plain text.
pub(super) fn report(error: CliError) {
    let stderr = io::stderr();
    let theme = match (stderr.is_terminal(), colourful(&stderr)) {
        (_, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, false) => GraphicalTheme::none(),
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(WIDTH)
        .with_links(false);
    let mut text = String::new();
    if handler.render_report(&mut text, &error).is_err() {
        text = error.to_string();
    }
    // A failure to write an error cannot be reported.
    let _ = writeln!(stderr.lock(), "{}", text.trim_end());
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Err(ErrorKind::BrokenPipe.into())
        }
    }

    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_forgiven_and_other_errors_are_not() {
        let mut out = Patient::new(Closed);
        assert!(writeln!(out, "one").is_ok());
        assert!(writeln!(out, "two").is_ok());
        assert!(out.flush().is_ok());
        let mut out = Patient::new(Full);
        assert_eq!(
            writeln!(out, "one").unwrap_err().kind(),
            ErrorKind::StorageFull
        );
    }
}
