//! Generated source through CUDA's compiler, where there is one: `PINN_NVCC=/path/to/nvcc`. No GPU is needed.

use crate::networks::{network, networks};
use crate::problems::*;
use pinn::engine::EngineError;
use pinn::engine::codegen::{
    Argument, GeneratedEngine, Launch, Limits, Machine, MachineError, Products, cuda,
};
use pinn::expr::Real;
use pinn::network::Network;
use pinn::network::activation::Activation;
use std::path::PathBuf;
use std::process::Command;

/// A machine that only compiles.
struct Compiler {
    nvcc: PathBuf,
}

fn failed(what: impl std::fmt::Display) -> MachineError {
    MachineError::Failed(what.to_string())
}

impl Machine for Compiler {
    type Buffer = ();

    fn limits(&self) -> Limits {
        LIMITS
    }

    fn header(&self) -> String {
        cuda::header()
    }

    fn compile(&mut self, source: &str, _: &[String]) -> Result<(), MachineError> {
        let folder = tempfile::tempdir().map_err(failed)?;
        let file = folder.path().join("source.cu");
        std::fs::write(&file, source).map_err(failed)?;
        // What registers do not hold goes to slow memory: the assembler says so.
        let output = Command::new(&self.nvcc)
            .args(["-cubin", "-arch=sm_90", "-Xptxas", "-v,-warn-spills", "-o"])
            .args([&folder.path().join("source.cubin"), &file])
            .output()
            .map_err(failed)?;
        // Scripts around it may say everything on one of the two.
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        if std::env::var_os("PINN_NVCC_VERBOSE").is_some() {
            println!("{text}");
        }
        match output.status.success() {
            true => Ok(()),
            false => Err(MachineError::Compile(text.into_owned())),
        }
    }

    fn allocate(&self, _: usize) -> Result<(), MachineError> {
        Ok(())
    }

    fn write(&self, (): &mut (), _: &[u8]) -> Result<(), MachineError> {
        Ok(())
    }

    fn read(&self, (): &(), _: &mut [u8]) -> Result<(), MachineError> {
        Ok(())
    }

    fn launch(&self, _: Launch, _: &[Argument<()>]) -> Result<(), MachineError> {
        Ok(())
    }
}

/// Those of an H100.
const LIMITS: Limits = Limits {
    threads: cuda::THREADS,
    shared: 227 << 10,
    reserved: 1 << 10,
    blocks: 512,
    tensor_cores: true,
};

fn compile<T: Real + bytemuck::Pod>(
    network: Network,
    products: Products,
    nvcc: PathBuf,
) -> Result<(), EngineError> {
    let kernels: Kernels<T> = operators().kernels();
    let compiler = Compiler { nvcc };
    GeneratedEngine::<T, _>::with_products(compiler, network, kernels, products).map(|_| ())
}

#[test]
fn cudas_compiler_takes_the_source() {
    let Some(nvcc) = std::env::var_os("PINN_NVCC").map(PathBuf::from) else {
        eprintln!("skipped: PINN_NVCC names no compiler");
        return;
    };
    let mut all = vec![
        ("4x64".to_string(), network(Activation::Tanh, &[64; 4])),
        ("4x256".to_string(), network(Activation::Tanh, &[256; 4])),
    ];
    all.extend(networks().into_iter().step_by(4));
    for (name, network) in all {
        println!("{name}");
        let all = [Products::Plain, Products::Tf32, Products::Tf32Split];
        // Others are too narrow for units.
        let products = if name.starts_with("4x") {
            &all
        } else {
            &all[..1]
        };
        for products in products {
            println!("f32, {products:?}");
            let compiled = compile::<f32>(network.clone(), *products, nvcc.clone());
            compiled.unwrap_or_else(|error| panic!("{name}, {products:?}: {error}"));
        }
        println!("f64");
        let compiled = compile::<f64>(network, Products::Plain, nvcc.clone());
        compiled.unwrap_or_else(|error| panic!("{name}, f64: {error}"));
    }
}
