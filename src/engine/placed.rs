//! Choice of the engine for a network on the available hardware.

use super::device::Hardware;
use super::fused::{FusedEngine, Instantiated};
use super::{EngineError, Linearised};
use crate::codegen::Products;
use dfdx::prelude::Dtype;
use pinn_network::Network;
use pinn_units::{Kernel, Nondimensional};

/// Number type that every device computes with.
pub trait Placed: Instantiated + Dtype {
    /// Builds an engine for the network. A GPU multiplies matrices as `products` selects. `threads` is for
    /// the work of the CPU, as for [`FusedEngine::new`].
    ///
    /// # Errors
    /// Errors of [`FusedEngine::new`], and [`EngineError::Device`] if the GPU cannot be used.
    fn engine(
        hardware: &Hardware,
        network: Network,
        kernels: Vec<Kernel<Self, Nondimensional>>,
        products: Products,
        threads: usize,
    ) -> Result<Box<dyn Linearised<Self>>, EngineError>;
}

macro_rules! placed {
    ($($T:ty)*) => {$(
        impl Placed for $T {
            fn engine(
                hardware: &Hardware,
                network: Network,
                kernels: Vec<Kernel<$T, Nondimensional>>,
                products: Products,
                threads: usize,
            ) -> Result<Box<dyn Linearised<$T>>, EngineError> {
                #[cfg(not(feature = "cuda"))]
                let _ = products;
                match hardware {
                    Hardware::Cpu => Ok(Box::new(FusedEngine::new(network, kernels, threads)?)),
                    #[cfg(feature = "cuda")]
                    Hardware::Cuda(gpu) => {
                        use super::device::machine::GpuMachine;
                        use crate::codegen::GeneratedEngine;
                        let machine = GpuMachine::new(gpu)?;
                        let engine = GeneratedEngine::with_products(machine, network, kernels, products)?;
                        Ok(Box::new(engine))
                    }
                    #[cfg(not(feature = "cuda"))]
                    Hardware::Cuda(_) => Err(super::device::DeviceError::NotBuiltIn.into()),
                }
            }
        }
    )*};
}
placed!(f32 f64);
