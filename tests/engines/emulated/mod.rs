//! A machine for generated source that is this CPU: the source as C, its threads as contexts that take turns.

use libloading::Library;
use pinn::engine::codegen::{Argument, Launch, Limits, Machine, MachineError};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::process::Command;

/// Few and small, so that little work fills many blocks and warps.
pub const LIMITS: Limits = Limits {
    threads: 64,
    shared: 48 << 10,
    reserved: 0,
    blocks: 3,
    tensor_cores: true,
};

/// In which order threads take turns: what all of them compute must not depend on it.
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum Order {
    Ascending,
    Descending,
}

pub struct Emulated {
    limits: Limits,
    order: Order,
    library: Option<Library>,
}

impl Emulated {
    pub fn new(limits: Limits, order: Order) -> Self {
        Emulated {
            limits,
            order,
            library: None,
        }
    }
}

/// As the source declares it.
#[repr(C)]
struct Arguments {
    value: [u64; Argument::<()>::MOST],
}

type Run = unsafe extern "C" fn(i32, *const Arguments, i32, i32, usize, i32) -> i32;

/// Whole vectors of the source's numbers.
pub struct Buffer {
    data: Vec<u128>,
    bytes: usize,
}

fn failed(what: impl std::fmt::Display) -> MachineError {
    MachineError::Failed(what.to_string())
}

impl Machine for Emulated {
    type Buffer = Buffer;

    fn limits(&self) -> Limits {
        self.limits
    }

    fn header(&self) -> String {
        include_str!("threads.h").to_string()
    }

    fn compile(&mut self, source: &str, kernels: &[String]) -> Result<(), MachineError> {
        let table = format!(
            "static void (*const KERNELS[])(Arguments) = {{{}}};\n",
            kernels.join(", ")
        );
        let source = [source, &table, include_str!("threads.c")].concat();
        let mut hasher = DefaultHasher::new();
        source.hash(&mut hasher);
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("generated");
        std::fs::create_dir_all(&folder).map_err(failed)?;
        let path = folder.join(format!("{:x}.so", hasher.finish()));
        if !path.exists() {
            // Tests run at the same time: what is not finished has a name of its own.
            let own = tempfile::Builder::new().suffix(".c").tempfile_in(&folder);
            let own = own.map_err(failed)?;
            std::fs::write(own.path(), &source).map_err(failed)?;
            let object = own.path().with_extension("so");
            let output = Command::new("cc")
                .args(["-O0", "-w", "-std=gnu11", "-shared", "-fPIC", "-o"])
                .args([&object, own.path()])
                .arg("-lm")
                .output()
                .map_err(failed)?;
            if !output.status.success() {
                let kept = folder.join("failed.c");
                let _ = std::fs::copy(own.path(), kept);
                let text = String::from_utf8_lossy(&output.stderr);
                return Err(MachineError::Compile(text.into_owned()));
            }
            std::fs::rename(object, &path).map_err(failed)?;
        }
        // SAFETY: loading it runs no code of its own.
        let library = unsafe { Library::new(&path) };
        self.library = Some(library.map_err(failed)?);
        Ok(())
    }

    fn allocate(&self, bytes: usize) -> Result<Buffer, MachineError> {
        let data = vec![0; bytes.div_ceil(16)];
        Ok(Buffer { data, bytes })
    }

    fn write(&self, to: &mut Buffer, bytes: &[u8]) -> Result<(), MachineError> {
        let room = bytemuck::cast_slice_mut::<u128, u8>(&mut to.data);
        let room = room.get_mut(..bytes.len());
        room.ok_or_else(|| failed("too much for its buffer"))?
            .copy_from_slice(bytes);
        Ok(())
    }

    fn read(&self, from: &Buffer, bytes: &mut [u8]) -> Result<(), MachineError> {
        assert!(bytes.len() <= from.bytes, "reads what nobody asked for");
        bytes.copy_from_slice(&bytemuck::cast_slice::<u128, u8>(&from.data)[..bytes.len()]);
        Ok(())
    }

    fn launch(&self, launch: Launch, arguments: &[Argument<Buffer>]) -> Result<(), MachineError> {
        let library = self
            .library
            .as_ref()
            .ok_or_else(|| failed("nothing was compiled"))?;
        let address = |buffer: &Buffer| buffer.data.as_ptr() as u64;
        let given = Arguments {
            value: Argument::values(arguments, address),
        };
        let [kernel, blocks, threads] =
            [launch.kernel, launch.blocks, launch.threads].map(|n| n as i32);
        let descending = i32::from(self.order == Order::Descending);
        // SAFETY: the library has this function, and the engine keeps kernels within their buffers.
        let stuck = unsafe {
            let run = library.get::<Run>(b"run").map_err(failed)?;
            run(kernel, &given, blocks, threads, launch.shared, descending)
        };
        match stuck {
            0 => Ok(()),
            _ => Err(failed("threads wait for each other for ever")),
        }
    }
}
