//! GPU as a machine for generated source, compiled by NVRTC when an engine is built and launched by the
//! driver.
//!
//! All work goes to the default stream, in order; reading waits for it. The calls are sound because a machine
//! and its buffers keep the GPU's context, which every call makes current on the calling thread; functions
//! live as long as their module, which goes with the machine; and a launch passes one structure, which is
//! copied before the call returns.

use super::{DeviceError, Gpu, driver::refusal};
use crate::codegen::{Argument, Launch, Limits, Machine, MachineError, cuda};
use cudarc::driver::{CudaDevice, DriverError, result, sys};
use cudarc::nvrtc::{CompileError, CompileOptions, compile_ptx_with_opts};
use std::ffi::{CString, c_void};
use std::sync::Arc;
use sys::CUdevice_attribute_enum as Attribute;

/// Number of blocks: about twice as many as run at the same time on the largest GPUs (132
/// multiprocessors with two blocks each), and the same on all, so that sums do not depend on the GPU's size.
const BLOCKS: usize = 512;

/// Compiled code of [`Machine::compile`].
struct Module {
    module: sys::CUmodule,
    functions: Vec<sys::CUfunction>,
}

/// GPU with the code of one engine.
pub struct GpuMachine {
    device: Arc<CudaDevice>,
    module: Option<Module>,
    /// Largest size in bytes of the shared memory of a block, on request.
    shared: usize,
    /// Size in bytes of the part that the driver reserves in every block.
    reserved: usize,
    /// Compute capability, major and minor.
    capability: (i32, i32),
}

// SAFETY: handles of the driver may be used by any thread that has made the context its own, which every method does
// first; no method is called by two threads at a time without a borrow that forbids it.
unsafe impl Send for GpuMachine {}

/// Memory of a GPU.
pub struct GpuBuffer {
    device: Arc<CudaDevice>,
    address: sys::CUdeviceptr,
    bytes: usize,
}

impl Drop for GpuBuffer {
    fn drop(&mut self) {
        if self.device.bind_to_thread().is_ok() {
            // SAFETY: the address came from `malloc_sync` and goes back once. There is nobody to tell of an error.
            let _ = unsafe { result::free_sync(self.address) };
        }
    }
}

impl Drop for GpuMachine {
    fn drop(&mut self) {
        self.unload();
    }
}

fn failed(error: DriverError) -> MachineError {
    MachineError::Failed(refusal(error).to_string())
}

/// Newest architecture that the compilers of CUDA 12 and 13 both know and the GPU can run.
fn architecture(major: i32, minor: i32) -> &'static str {
    match (major, minor) {
        (..=7, _) => "compute_75",
        (8, ..=5) => "compute_80",
        (8, 6..=8) => "compute_86",
        (8, _) => "compute_89",
        _ => "compute_90",
    }
}

impl GpuMachine {
    /// Opens the GPU.
    ///
    /// # Errors
    /// An error of the driver, such as occupied memory.
    pub fn new(gpu: &Gpu) -> Result<Self, DeviceError> {
        gpu.check()?;
        let device = CudaDevice::new(gpu.ordinal()).map_err(refusal)?;
        let attribute = |attribute| device.attribute(attribute).map_err(refusal);
        let shared = attribute(Attribute::CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN)?;
        let reserved = attribute(Attribute::CU_DEVICE_ATTRIBUTE_RESERVED_SHARED_MEMORY_PER_BLOCK)?;
        let major = attribute(Attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)?;
        let minor = attribute(Attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)?;
        Ok(GpuMachine {
            device,
            module: None,
            shared: usize::try_from(shared).unwrap_or(0),
            reserved: usize::try_from(reserved).unwrap_or(0),
            capability: (major, minor),
        })
    }

    fn unload(&mut self) {
        if let Some(module) = self.module.take()
            && self.device.bind_to_thread().is_ok()
        {
            // SAFETY: loaded once, unloaded once. There is nobody to tell of an error.
            let _ = unsafe { result::module::unload(module.module) };
        }
    }

    fn load(&self, image: &CString, kernels: &[String]) -> Result<Module, DriverError> {
        // SAFETY: the image is PTX that ends with a zero.
        let module = unsafe { result::module::load_data(image.as_ptr().cast())? };
        let mut loaded = Module {
            module,
            functions: Vec::new(),
        };
        let found = kernels.iter().try_for_each(|kernel| {
            let name = CString::new(&kernel[..]).unwrap_or_default();
            // SAFETY: the module was loaded above.
            let function = unsafe { result::module::get_function(module, name)? };
            loaded.functions.push(function);
            let most =
                sys::CUfunction_attribute_enum::CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
            let shared = i32::try_from(self.shared).unwrap_or(i32::MAX);
            // SAFETY: the function was found above.
            unsafe { sys::cuFuncSetAttribute(function, most, shared).result() }
        });
        match found {
            Ok(()) => Ok(loaded),
            Err(error) => {
                // SAFETY: as in `unload`.
                let _ = unsafe { result::module::unload(module) };
                Err(error)
            }
        }
    }
}

/// Arguments as the source declares them.
#[repr(C)]
struct Arguments {
    value: [u64; Argument::<()>::MOST],
}

impl Machine for GpuMachine {
    type Buffer = GpuBuffer;

    fn limits(&self) -> Limits {
        Limits {
            threads: cuda::THREADS,
            shared: self.shared,
            reserved: self.reserved,
            blocks: BLOCKS,
            // Before Ampere, tensor cores do not support tf32.
            tensor_cores: self.capability.0 >= 8,
        }
    }

    fn header(&self) -> String {
        cuda::header()
    }

    fn compile(&mut self, source: &str, kernels: &[String]) -> Result<(), MachineError> {
        self.device.bind_to_thread().map_err(failed)?;
        let (major, minor) = self.capability;
        let options = CompileOptions {
            arch: Some(architecture(major, minor)),
            ..Default::default()
        };
        let ptx = compile_ptx_with_opts(source, options).map_err(|error| match error {
            CompileError::CompileError { log, .. } => {
                MachineError::Compile(log.to_string_lossy().into_owned())
            }
            other => MachineError::NoCompiler(format!("{other:?}")),
        })?;
        let image = CString::new(ptx.to_src());
        let image = image.map_err(|error| MachineError::Compile(error.to_string()))?;
        self.unload();
        self.module = Some(self.load(&image, kernels).map_err(failed)?);
        Ok(())
    }

    fn allocate(&self, bytes: usize) -> Result<GpuBuffer, MachineError> {
        let memory = |error: DriverError| MachineError::Memory {
            wanted: bytes,
            reason: refusal(error).to_string(),
        };
        self.device.bind_to_thread().map_err(failed)?;
        // SAFETY: what the memory holds is set below, before anyone reads it.
        let address = unsafe { result::malloc_sync(bytes) }.map_err(memory)?;
        let buffer = GpuBuffer {
            device: self.device.clone(),
            address,
            bytes,
        };
        // SAFETY: the buffer is so long; zeros are numbers of every type.
        unsafe { result::memset_d8_sync(address, 0, bytes) }.map_err(failed)?;
        Ok(buffer)
    }

    fn write(&self, to: &mut GpuBuffer, bytes: &[u8]) -> Result<(), MachineError> {
        fits(to, bytes.len())?;
        self.device.bind_to_thread().map_err(failed)?;
        // SAFETY: the bytes fit, and the call returns when they are there.
        unsafe { result::memcpy_htod_sync(to.address, bytes) }.map_err(failed)
    }

    fn read(&self, from: &GpuBuffer, bytes: &mut [u8]) -> Result<(), MachineError> {
        fits(from, bytes.len())?;
        self.device.bind_to_thread().map_err(failed)?;
        // SAFETY: both have this number of bytes, and the call waits for the kernels before it.
        unsafe { result::memcpy_dtoh_sync(bytes, from.address) }.map_err(failed)
    }

    fn launch(
        &self,
        launch: Launch,
        arguments: &[Argument<GpuBuffer>],
    ) -> Result<(), MachineError> {
        let functions = self
            .module
            .as_ref()
            .map_or(&[][..], |module| &module.functions);
        let Some(function) = functions.get(launch.kernel) else {
            return Err(MachineError::Failed(format!(
                "there is no kernel {}",
                launch.kernel
            )));
        };
        let address = |buffer: &GpuBuffer| buffer.address;
        let mut given = Arguments {
            value: Argument::values(arguments, address),
        };
        let [blocks, threads, shared] = [launch.blocks, launch.threads, launch.shared]
            .map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        self.device.bind_to_thread().map_err(failed)?;
        let parameters = &mut [std::ptr::from_mut(&mut given).cast::<c_void>()];
        // SAFETY: the function takes one such structure, which the driver copies before the call returns; that kernels
        // stay within their buffers is the engine's promise.
        unsafe {
            result::launch_kernel(
                *function,
                (blocks, 1, 1),
                (threads, 1, 1),
                shared,
                std::ptr::null_mut(),
                parameters,
            )
        }
        .map_err(failed)
    }
}

fn fits(buffer: &GpuBuffer, bytes: usize) -> Result<(), MachineError> {
    match bytes <= buffer.bytes {
        true => Ok(()),
        false => Err(MachineError::Failed(format!(
            "{bytes} bytes do not fit a buffer of {}",
            buffer.bytes
        ))),
    }
}
