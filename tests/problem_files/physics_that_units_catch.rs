//! Mistakes of physics that cost days elsewhere, and what the loader says of them. Each stands beside its right form,
//! which is accepted.

use crate::support::render;
use pinn::equations::registry::Registry;
use pinn::problem::Problem;

const CHANNEL: &str = r#"
[[equation]]
name = "continuity"
residual = "div(vector(u, v))"
[[equation]]
name = "momentum x"
residual = "rho*dot(vector(u, v), grad(u)) + d(p,x) - mu*laplacian(u)"
[[equation]]
name = "momentum y"
residual = "rho*dot(vector(u, v), grad(v)) + d(p,y) - mu*laplacian(v)"
[[equation]]
name = "energy"
residual = "rho*c_p*dot(vector(u, v), grad(T)) - k*laplacian(T) - h*(T - T_room)/H"

[fields]
u = "m/s"
v = "m/s"
p = "Pa"
T = "degC"

[parameters]
rho = "1000 kg/m^3"
mu = "1 mPa s"
c_p = "4182 J/(kg K)"
k = "0.6 W/(m K)"
h = "10 W/(m^2 K)"
H = "1 mm"
T_room = "20 degC"

[domain]
x = ["0 mm", "10 mm"]
y = ["0 mm", "1 mm"]

[scales]
u = { scale = "1 mm/s" }
v = { scale = "1 mm/s" }
p = { scale = "1 mPa" }
T = { scale = "10 K", reference = "20 degC" }

[[condition]]
name = "walls"
type = "dirichlet"
on = ["y = min", "y = max"]
values = { u = "0 m/s", v = "0 m/s", T = "T_room + 5 K" }
"#;

fn problem(text: &str) -> Result<Problem, String> {
    Problem::parse("channel", text, &Registry::builtin()).map_err(|error| render(&error))
}

/// The error for a mistake; the right form is accepted.
#[track_caller]
fn caught(right: &str, wrong: &str) -> String {
    assert_eq!(CHANNEL.matches(right).count(), 1, "`{right}` stands once");
    if let Err(said) = problem(CHANNEL) {
        panic!("{said}");
    }
    match problem(&CHANNEL.replace(right, wrong)) {
        Ok(_) => panic!("`{wrong}` was accepted"),
        Err(said) => said,
    }
}

#[test]
fn a_kinematic_viscosity_for_a_dynamic_one() {
    insta::assert_snapshot!(caught("mu = \"1 mPa s\"", "mu = \"1e-6 m^2/s\""));
}

#[test]
fn a_kinematic_viscosity_for_the_dynamic_one_of_a_registered_equation() {
    let typed = "equation = \"navier-stokes-2d\"\n[parameters]\nrho = \"1000 kg/m^3\"\nmu = \"1e-6 m^2/s\"\n[domain]\n\
        x = [\"0 mm\", \"1 mm\"]\ny = [\"0 mm\", \"1 mm\"]\n[scales]\nu = { scale = \"1 mm/s\" }\n\
        v = { scale = \"1 mm/s\" }\np = { scale = \"1 mPa\" }\n";
    assert!(problem(&typed.replace("1e-6 m^2/s", "1e-3 Pa s")).is_ok());
    insta::assert_snapshot!(problem(typed).err().unwrap());
}

#[test]
fn a_pressure_scaled_as_a_squared_speed() {
    insta::assert_snapshot!(caught(
        "p = { scale = \"1 mPa\" }",
        "p = { scale = \"1e-6 m^2/s^2\" }"
    ));
}

#[test]
fn a_pressure_that_is_one_per_density() {
    insta::assert_snapshot!(caught("p = \"Pa\"", "p = \"m^2/s^2\""));
}

#[test]
fn a_temperature_for_a_difference() {
    insta::assert_snapshot!(caught("h*(T - T_room)/H", "h*20 degC / H"));
}

#[test]
fn a_scale_in_degrees_celsius() {
    insta::assert_snapshot!(caught(
        "T = { scale = \"10 K\"",
        "T = { scale = \"10 degC\""
    ));
}

#[test]
fn a_rise_in_degrees_celsius() {
    insta::assert_snapshot!(caught("T_room + 5 K", "T_room + 5 degC"));
}

#[test]
fn a_flux_for_a_release_of_heat() {
    insta::assert_snapshot!(caught("h*(T - T_room)/H", "h*(T - T_room)"));
}

#[test]
fn a_conductivity_for_a_transfer_coefficient() {
    insta::assert_snapshot!(caught("h = \"10 W/(m^2 K)\"", "h = \"10 W/(m K)\""));
}

/// Gauge and absolute pressures have one unit: which of them a file means nobody but its author knows. Where only
/// gradients of the pressure act, as here, both give the same residuals.
#[test]
fn gauge_and_absolute_pressure_are_left_to_the_author() {
    let inlet = |p: &str| {
        format!(
            "{CHANNEL}[[condition]]\nname = \"inlet\"\ntype = \"dirichlet\"\non = \"x = min\"\nfield = \"p\"\nvalue = \"{p}\"\n"
        )
    };
    let forms = |text: &str| {
        let problem = problem(text).unwrap_or_else(|said| panic!("{said}"));
        problem.statement.dimensionless().equations.show()
    };
    assert_eq!(forms(&inlet("2 bar")), forms(&inlet("3.01325 bar")));
}
