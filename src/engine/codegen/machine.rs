//! What the engine needs of a machine that runs its kernels.

/// Why a machine does not do what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MachineError {
    #[error("the generated source does not compile:\n{0}")]
    Compile(String),
    #[error(
        "CUDA's compiler for running programs, NVRTC, cannot be used ({0}); it comes with the CUDA toolkit, or as the \
         Python package nvidia-cuda-nvrtc"
    )]
    NoCompiler(String),
    #[error("{wanted} bytes of the device's memory were asked for and could not be had: {reason}")]
    Memory { wanted: usize, reason: String },
    #[error("the device failed: {0}")]
    Failed(String),
}

/// What engines plan with.
#[derive(Copy, Clone, Debug)]
pub struct Limits {
    /// Threads of a block: a multiple of 32.
    pub threads: usize,
    /// Bytes of memory that the threads of a block may share.
    pub shared: usize,
    /// Bytes of such memory that the machine takes for itself of every block.
    pub reserved: usize,
    /// Blocks that work is dealt to, however many of them run at the same time.
    pub blocks: usize,
    /// Whether its header has `tf32` and `mma`: units that multiply matrices.
    pub matrix_units: bool,
}

/// A kernel, how many blocks of how many threads run it, and the bytes of memory that the threads of a block share.
#[derive(Copy, Clone, Debug)]
pub struct Launch {
    /// Number among the names that the source was compiled with.
    pub kernel: usize,
    pub blocks: usize,
    pub threads: usize,
    pub shared: usize,
}

/// One argument of a kernel.
pub enum Argument<'a, B> {
    /// The address of a buffer.
    Buffer(&'a B),
    Null,
    Integer(u64),
}

impl<B> Argument<'_, B> {
    /// Arguments that a kernel can have.
    pub const MOST: usize = 18;

    /// Arguments as kernels take them, for given addresses of buffers; those that are not given are zero.
    pub fn values(arguments: &[Self], address: impl Fn(&B) -> u64) -> [u64; 18] {
        let mut values = [0; 18];
        for (value, argument) in values.iter_mut().zip(arguments) {
            *value = match argument {
                Argument::Buffer(buffer) => address(buffer),
                Argument::Null => 0,
                Argument::Integer(number) => *number,
            };
        }
        values
    }
}

/// Memory and kernels of one device. All calls take effect in order; those that read wait for those before.
pub trait Machine: Send {
    /// A piece of its memory; goes back when dropped.
    type Buffer: Send;

    /// What one block of threads can have, and how many blocks work is dealt to.
    fn limits(&self) -> Limits;

    /// Lines that the source begins with, after the numbers' type and the elementary functions: what the prelude builds on.
    fn header(&self) -> String;

    /// Compiles a source. Later launches name its kernels by their places in `kernels`.
    fn compile(&mut self, source: &str, kernels: &[String]) -> Result<(), MachineError>;

    /// Memory, filled with zeros.
    fn allocate(&self, bytes: usize) -> Result<Self::Buffer, MachineError>;

    /// # Errors
    /// [`MachineError::Failed`], also if the bytes do not fit the buffer.
    fn write(&self, to: &mut Self::Buffer, bytes: &[u8]) -> Result<(), MachineError>;

    /// Errors as for [`Machine::write`].
    fn read(&self, from: &Self::Buffer, bytes: &mut [u8]) -> Result<(), MachineError>;

    /// Runs a kernel; missing arguments are zero.
    ///
    /// The kernel writes within the buffers that it is given: the caller sees to that.
    fn launch(
        &self,
        launch: Launch,
        arguments: &[Argument<Self::Buffer>],
    ) -> Result<(), MachineError>;
}
