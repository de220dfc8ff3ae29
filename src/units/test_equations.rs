//! Equations that the tests of this module share.
#![allow(non_snake_case)]

use super::*;
use crate::quantities;
use uom::si::f64::*;
use uom::si::thermodynamic_temperature::{degree_celsius, kelvin as kelvin_absolute};
use uom::si::{
    acceleration::meter_per_second_squared, diffusion_coefficient::square_meter_per_second,
    dynamic_viscosity::pascal_second, heat_transfer::watt_per_square_meter_kelvin, length::meter,
    mass_density::kilogram_per_cubic_meter, pressure::gigapascal, pressure::pascal,
    specific_heat_capacity::joule_per_kilogram_kelvin, temperature_coefficient::per_kelvin,
    temperature_interval::kelvin, thermal_conductivity::watt_per_meter_kelvin, time::second,
    velocity::meter_per_second, volumetric_power_density::watt_per_cubic_meter,
};

pub(super) type ForceDensity = Q<Quot<<Pressure as Quantity>::Dim, <Length as Quantity>::Dim>>;
pub(super) type HeatingRate =
    Q<Quot<<TemperatureInterval as Quantity>::Dim, <Time as Quantity>::Dim>>;

quantities! { pub struct Heat {
    coordinates { t: Time, x: Length, y: Length }
    fields { T: ThermodynamicTemperature }
    parameters {
        rho: MassDensity, c_p: SpecificHeatCapacity, k: ThermalConductivity,
        q: VolumetricPowerDensity, h: HeatTransfer, T_air: ThermodynamicTemperature,
    }
}}

impl Heat {
    pub fn setup() -> Heat<Setup> {
        Heat {
            t: scale(Time::new::<second>(100.0)),
            x: scale(Length::new::<meter>(0.1)),
            y: scale(Length::new::<meter>(0.1)),
            T: scale(TemperatureInterval::new::<kelvin>(50.0))
                .about(ThermodynamicTemperature::new::<degree_celsius>(20.0)),
            rho: given(MassDensity::new::<kilogram_per_cubic_meter>(7800.0)),
            c_p: given(SpecificHeatCapacity::new::<joule_per_kilogram_kelvin>(
                500.0,
            )),
            k: given(ThermalConductivity::new::<watt_per_meter_kelvin>(45.0)),
            q: given(VolumetricPowerDensity::new::<watt_per_cubic_meter>(1e6)),
            h: given(HeatTransfer::new::<watt_per_square_meter_kelvin>(500.0)),
            T_air: given(ThermodynamicTemperature::new::<degree_celsius>(20.0)),
        }
    }

    /// ρ c_p T_t = k ∇²T + q, and a face cooled by air
    pub fn residuals(self) -> impl Equations {
        let Heat {
            t,
            x,
            y,
            T,
            rho,
            c_p,
            k,
            q,
            h,
            T_air,
        } = self;
        (
            equation::<VolumetricPowerDensity, _>(
                "heat",
                rho * c_p * T.d(t) - k * space2(x, y).laplacian(T) - q,
            ),
            equation::<HeatFluxDensity, _>("cooled face", k * T.d(x) + h * (T - T_air)),
        )
    }

    /// Conductivity k (1 + (T − 300 K)/1000 K) in conservative form: the trace applies the chain rule.
    pub fn nonlinear(self) -> impl Equations {
        let Heat {
            t,
            x,
            y,
            T,
            rho,
            c_p,
            k,
            q,
            ..
        } = self;
        let s = space2(x, y);
        let absolute = ThermodynamicTemperature::new::<kelvin_absolute>;
        let conductivity = k * (1.0 + (T - absolute(300.0)) / absolute(1000.0));
        let flux = s.grad(T).map(|gradient| conductivity * gradient);
        (equation::<VolumetricPowerDensity, _>(
            "heat",
            rho * c_p * T.d(t) - s.div(flux) - q,
        ),)
    }
}

quantities! { pub struct Flow {
    coordinates { t: Time, x: Length, y: Length }
    fields { u: Velocity, v: Velocity, p: Pressure }
    parameters { rho: MassDensity, mu: DynamicViscosity }
}}

impl Flow {
    pub fn setup() -> Flow<Setup> {
        Flow {
            t: scale(Time::new::<second>(1.0)),
            x: scale(Length::new::<meter>(0.1)),
            y: scale(Length::new::<meter>(0.1)),
            u: scale(Velocity::new::<meter_per_second>(0.1)),
            v: scale(Velocity::new::<meter_per_second>(0.1)),
            p: scale(Pressure::new::<pascal>(10.0)),
            rho: given(MassDensity::new::<kilogram_per_cubic_meter>(1000.0)),
            mu: given(DynamicViscosity::new::<pascal_second>(0.1)),
        }
    }

    pub fn residuals(self) -> (Balance, Balance, Continuity) {
        let Flow {
            t,
            x,
            y,
            u,
            v,
            p,
            rho,
            mu,
        } = self;
        let s = space2(x, y);
        let inertia = |w: Of<Velocity>| rho * (w.d(t) + s.advect([u, v], w)) - mu * s.laplacian(w);
        (
            equation::<ForceDensity, _>("momentum x", inertia(u) + p.d(x)),
            equation::<ForceDensity, _>("momentum y", inertia(v) + p.d(y)),
            equation::<Frequency, _>("continuity", s.div([u, v])),
        )
    }
}
type Balance = Equation<<ForceDensity as Quantity>::Dim>;
type Continuity = Equation<<Frequency as Quantity>::Dim>;

quantities! { pub struct Solid {
    coordinates { x: Length, y: Length }
    fields { ux: Length, uy: Length }
    parameters { lambda: Pressure, mu: Pressure, fx: ForceDensity, fy: ForceDensity }
}}

impl Solid {
    pub fn setup() -> Solid<Setup> {
        use uom::si::length::micrometer;
        Solid {
            x: scale(Length::new::<meter>(1.0)),
            y: scale(Length::new::<meter>(1.0)),
            ux: scale(Length::new::<micrometer>(10.0)),
            uy: scale(Length::new::<micrometer>(10.0)),
            lambda: given(Pressure::new::<gigapascal>(121.0)),
            mu: given(Pressure::new::<gigapascal>(81.0)),
            fx: given(ForceDensity::from_si(0.0)),
            fy: given(ForceDensity::from_si(-7.8e4)),
        }
    }

    /// Linear elasticity, plane strain: ∇·σ + f = 0
    pub fn residuals(self) -> impl Equations {
        let Solid {
            x,
            y,
            ux,
            uy,
            lambda,
            mu,
            fx,
            fy,
        } = self;
        let (exx, eyy, exy) = (ux.d(x), uy.d(y), 0.5 * (ux.d(y) + uy.d(x)));
        let trace = exx + eyy;
        let (sxx, syy, sxy) = (
            lambda * trace + 2.0 * mu * exx,
            lambda * trace + 2.0 * mu * eyy,
            2.0 * mu * exy,
        );
        (
            equation::<ForceDensity, _>("balance x", sxx.d(x) + sxy.d(y) + fx),
            equation::<ForceDensity, _>("balance y", sxy.d(x) + syy.d(y) + fy),
        )
    }
}

quantities! { pub struct Boussinesq {
    coordinates { t: Time, x: Length, y: Length }
    fields { u: Velocity, v: Velocity, p: Pressure, T: ThermodynamicTemperature }
    parameters {
        rho: MassDensity, mu: DynamicViscosity, alpha: DiffusionCoefficient,
        beta: TemperatureCoefficient, T0: ThermodynamicTemperature, g: Acceleration, k: ThermalConductivity,
    }
}}

impl Boussinesq {
    pub fn setup() -> Boussinesq<Setup> {
        let celsius = ThermodynamicTemperature::new::<degree_celsius>;
        Boussinesq {
            t: scale(Time::new::<second>(1.0)),
            x: scale(Length::new::<meter>(0.1)),
            y: scale(Length::new::<meter>(0.1)),
            u: scale(Velocity::new::<meter_per_second>(0.1)),
            v: scale(Velocity::new::<meter_per_second>(0.1)),
            p: scale(Pressure::new::<pascal>(10.0)),
            T: scale(TemperatureInterval::new::<kelvin>(10.0)).about(celsius(20.0)),
            rho: given(MassDensity::new::<kilogram_per_cubic_meter>(1000.0)),
            mu: given(DynamicViscosity::new::<pascal_second>(0.1)),
            alpha: given(DiffusionCoefficient::new::<square_meter_per_second>(1e-5)),
            beta: given(TemperatureCoefficient::new::<per_kelvin>(2e-4)),
            T0: given(celsius(20.0)),
            g: given(Acceleration::new::<meter_per_second_squared>(9.81)),
            k: given(ThermalConductivity::new::<watt_per_meter_kelvin>(0.6)),
        }
    }

    /// Buoyant flow with viscous heating.
    pub fn residuals(self) -> impl Equations {
        let Boussinesq {
            t,
            x,
            y,
            u,
            v,
            p,
            T,
            rho,
            mu,
            alpha,
            beta,
            T0,
            g,
            k,
        } = self;
        let s = space2(x, y);
        let inertia = |w: Of<Velocity>| rho * (w.d(t) + s.advect([u, v], w)) - mu * s.laplacian(w);
        let shear = u.d(y) + v.d(x);
        (
            equation::<ForceDensity, _>("momentum x", inertia(u) + p.d(x)),
            equation::<ForceDensity, _>(
                "momentum y",
                inertia(v) + p.d(y) - rho * g * beta * (T - T0),
            ),
            equation::<Frequency, _>("continuity", s.div([u, v])),
            equation::<HeatingRate, _>(
                "heat",
                T.d(t) + s.advect([u, v], T) - alpha * s.laplacian(T),
            ),
            equation::<VolumetricPowerDensity, _>(
                "dissipation",
                k * s.laplacian(T) + mu * shear * shear,
            ),
        )
    }
}
