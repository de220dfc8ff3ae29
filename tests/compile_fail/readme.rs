use pinn::prelude::*;
use pinn::uom::si::f64::*;

quantities! { pub struct Rod {
    coordinates { t: Time, x: Length }
    fields { T: ThermodynamicTemperature }
    parameters { rho: MassDensity, c_p: SpecificHeatCapacity, k: ThermalConductivity }
}}

struct RodHeat;

impl Pde for RodHeat {
    const NAME: &'static str = "rod";
    const SUMMARY: &'static str = "heat conduction in a rod";
    type Quantities = Rod;

    fn residuals(Rod { t, x, T, rho, c_p, k }: Rod) -> impl Equations {
        (equation::<VolumetricPowerDensity, _>("heat", rho * c_p * T.d(t) - k * T.d(x)),)
    }
}

fn main() -> std::process::ExitCode {
    pinn::cli::run(Registry::builtin().with::<RodHeat>())
}
