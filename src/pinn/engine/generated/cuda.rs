//! The lines that generated source begins with where CUDA's compiler reads it.

/// Threads of a block on a card: eight warps, of which two blocks fill a multiprocessor's registers.
pub const THREADS: usize = 256;

/// Numbers of this precision, and the elementary functions for them.
pub fn header(double: bool) -> String {
    let number = if double { "double" } else { "float" };
    let suffix = if double { "" } else { "f" };
    let functions = [
        ("SQRT", "sqrt"),
        ("EXP", "exp"),
        ("LN", "log"),
        ("SIN", "sin"),
        ("COS", "cos"),
        ("TANH", "tanh"),
        ("ATAN2", "atan2"),
        ("ABS", "fabs"),
        ("FMA", "fma"),
        ("NORMAL", "normcdf"),
    ];
    let functions =
        functions.map(|(name, function)| format!("#define {name} {function}{suffix}\n"));
    format!(
        "typedef {number} T;\n#define MOST_THREADS {THREADS}\n{}{}\n",
        functions.concat(),
        include_str!("cuda.h")
    )
}
