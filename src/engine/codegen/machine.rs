//! Interface of the machines that run generated kernels.

/// Reason why a machine failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MachineError {
    /// The source does not compile.
    #[error("the generated source does not compile:\n{0}")]
    Compile(String),
    /// CUDA's run-time compiler cannot be used.
    #[error(
        "CUDA's compiler for running programs, NVRTC, cannot be used ({0}); it comes with the CUDA toolkit, or as the \
         Python package nvidia-cuda-nvrtc"
    )]
    NoCompiler(String),
    /// The device has too little memory.
    #[error("cannot allocate {wanted} bytes of device memory: {reason}")]
    Memory {
        /// Number of bytes requested.
        wanted: usize,
        /// Message of the device.
        reason: String,
    },
    /// A call failed, with the message of the device.
    #[error("the device failed: {0}")]
    Failed(String),
}

/// Resources that engines plan with.
#[derive(Copy, Clone, Debug)]
pub struct Limits {
    /// Number of threads of a block, a multiple of 32.
    pub threads: usize,
    /// Bytes of memory that the threads of a block may share.
    pub shared: usize,
    /// Bytes of shared memory that the machine reserves for itself in every block.
    pub reserved: usize,
    /// Number of blocks that work is dealt to, however many of them run at the same time.
    pub blocks: usize,
    /// True if the header has `tf32` and `mma`, the instructions of tensor cores.
    pub tensor_cores: bool,
}

/// Kernel with its grid.
#[derive(Copy, Clone, Debug)]
pub struct Launch {
    /// Index into the kernel names that the source was compiled with.
    pub kernel: usize,
    /// Number of blocks.
    pub blocks: usize,
    /// Number of threads per block.
    pub threads: usize,
    /// Bytes of memory that the threads of a block share.
    pub shared: usize,
}

/// Argument of a kernel.
pub enum Argument<'a, B> {
    /// Address of a buffer.
    Buffer(&'a B),
    /// Null pointer.
    Null,
    /// Integer of 64 bits.
    Integer(u64),
}

impl<B> Argument<'_, B> {
    /// Maximum number of arguments of a kernel.
    pub const MOST: usize = 18;

    /// Converts arguments to the form that kernels take, with the given addresses of buffers. Missing
    /// arguments are zero.
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

/// Memory and kernels of one device. All calls take effect in order; a call that reads waits for those
/// before.
pub trait Machine: Send {
    /// Piece of device memory, which is freed when dropped.
    type Buffer: Send;

    /// Resources of one block of threads, and the number of blocks.
    fn limits(&self) -> Limits;

    /// Lines at the start of the source, after the number type and the elementary functions. The prelude
    /// builds on them.
    fn header(&self) -> String;

    /// Compiles a source. Later launches refer to kernels by their places in `kernels`.
    ///
    /// # Errors
    /// [`MachineError::Compile`] and [`MachineError::NoCompiler`].
    fn compile(&mut self, source: &str, kernels: &[String]) -> Result<(), MachineError>;

    /// Allocates memory filled with zeros.
    ///
    /// # Errors
    /// [`MachineError::Memory`].
    fn allocate(&self, bytes: usize) -> Result<Self::Buffer, MachineError>;

    /// Copies bytes to the device.
    ///
    /// # Errors
    /// [`MachineError::Failed`], also if the bytes do not fit the buffer.
    fn write(&self, to: &mut Self::Buffer, bytes: &[u8]) -> Result<(), MachineError>;

    /// Copies bytes from the device.
    ///
    /// # Errors
    /// As for [`Machine::write`].
    fn read(&self, from: &Self::Buffer, bytes: &mut [u8]) -> Result<(), MachineError>;

    /// Runs a kernel; missing arguments are zero.
    ///
    /// The caller ensures that the kernel writes only within the given buffers.
    ///
    /// # Errors
    /// [`MachineError::Failed`].
    fn launch(
        &self,
        launch: Launch,
        arguments: &[Argument<Self::Buffer>],
    ) -> Result<(), MachineError>;
}
