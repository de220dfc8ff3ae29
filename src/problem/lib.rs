//! Problem files: private wire types in, validated [`Problem`] out.
//!
//! Every number with a dimension is a string with its unit, and what is wrong is reported as a
//! [`ProblemError`] that points into the file. The tables of a file and their keys:
//!
//! | table | keys |
//! |---|---|
//! | (top) | `equation`: the name of a registered one; `title`, `description`, `seed` = 0, `precision` = `"f64"`, or `"f32"`, or f32 with products on the tensor cores of a GPU, `"tf32x3"` and `"tf32"` ([`Precision`](pinn_core::settings::Precision)), `threads` = 0 (all cores), `expected_error`: the largest relative L2 error of a field to be expected |
//! | `[[equation]]` | instead of a name: `residual`, `name`; see below |
//! | `[fields]` | with `[[equation]]` every field: `T = "K"`; see below |
//! | `[definitions]` | expressions by name, for all other expressions |
//! | `[parameters]` | every parameter of the equation, and further ones for expressions |
//! | `[domain]` | every coordinate: `x = ["0 mm", "10 mm"]` |
//! | `[geometry]` | `region` = shapes combined by `\|`, `&`, `-`; `[geometry.shapes]`: `hole = { disk = { centre = ["0 m", "0 m"], radius = "1 m" } }`, and so `box` (`from`, `to`), `ball`, `polygon` (`points`), `stl` (`file`, `unit`); `over` |
//! | `[scales]` | coordinates and fields: `T = { scale = "780 K", reference = "20 degC" }` |
//! | `[sources]` | by name of a residual: an expression that stands on its right-hand side |
//! | `[[condition]]` | `name`, `on`, `type`, `weight` = 1, `points`, `hard` = false, and what the type takes |
//! | `[[data]]` | `name`, `file`, `noise`, `weight` = 1; see below |
//! | `[network]` | see below |
//! | `[family]` | see below |
//! | `[sampling]` | `method` = `"sobol"`, `interior` = 2048, `condition` = 256, `resample_every`; see below |
//! | `[loss]` | `residual_norm` = `"ntk-trace"` where there are several equations, else `"none"`; see below |
//! | `[loss.points]` | `method` = `"none"`; see below |
//! | `[[train]]` | `optimiser`, `steps`; `target_loss`, `max_time`, and what the optimiser takes |
//! | `[reference]` | an expression per field, or `series` with its arguments |
//! | `[search]` | configurations that `pinn search` tries; see below |
//! | `[output]` | `units = { T = "degC" }`, `resolution = { x = 101 }` |
//!
//! # Equations
//!
//! An equation is named (`equation = "heat-1d"`), or written as residuals that are zero where it holds:
//!
//! ```toml
//! [[equation]]
//! name = "energy"
//! residual = "rho*c_p*d(T,t) - div(k*grad(T)) - q"
//!
//! [fields]
//! T = "degC"
//!
//! [definitions]
//! k = "45 W/(m K) * (1 + (T - 20 degC) / 500 K)"
//! ```
//!
//! Coordinates are those of `[domain]`; the one in units of time is time, all others are space. `[fields]` gives every
//! field its unit, which is also how it is shown. Fields in units of temperature are points on their scale, and
//! `{ unit = "K", difference = true }` is a difference. A definition stands for its expression and may use those before it,
//! coordinates, parameters and fields. Every term is checked when the file is read, and from there on all is as with
//! equations in Rust.
//!
//! `in = "steel"` (a shape, or several combined as in `region`) lets an equation hold in a part of the region alone, as
//! where materials differ. A field that no other equation reads lives there: elsewhere it is neither shown nor compared.
//! Fields of neighbouring parts are tied to each other by a condition of type `interface`.
//!
//! A field with `exact = "…"` (`u = { unit = "mm", exact = "1 mm * sin(pi*x/L)" }`, for a registered equation
//! `u = { exact = "…" }`) makes a manufactured solution: every equation gets the source with which the closed form solves
//! it, conditions may omit `value`, `values` and `gradient`, a file without conditions gets values on all faces and
//! at the first instant (and slopes where the equation needs them), and it is the reference.
//!
//! # Conditions
//!
//! A condition holds `on` a face (`"x = 10 mm"`, `"x = max"`) or the surface of a shape (`"hole"`, and `"domain"` for
//! the box of the domain where there are shapes), as far as the region ends there, on a list of them, or on a part of one
//! (`{ part = "hole", where = "x > 2 mm and y < 1 m" }`). The types are
//!
//! | type | keys | residual |
//! |---|---|---|
//! | `dirichlet` | `field`, `value`, or `values = { u = "…", v = "…" }` | f − value |
//! | `initial` | the same; `on` is optional | f − value |
//! | `neumann` | `field`, `gradient` | ∂f/∂n − gradient, along the outward normal |
//! | `neumann` | `field`, `flux`, `conductivity` | −k ∂f/∂n − flux, which leaves the domain |
//! | `robin` | `field`, `conductivity`, `transfer`, `ambient` | −k ∂f/∂n − h (f − ambient) |
//! | `periodic` | `field`, or all fields; `on = "x"` | f and its derivatives are the same on both faces |
//! | `interface` | `between`, two fields, and their `conductivities`; `on` a shape | both fields and both flows −k ∂f/∂n are the same |
//! | `residual` | `residual`, an expression of fields and derivatives | this expression |
//!
//! `hard = true` on `dirichlet` and `initial` makes the condition hold exactly instead of being trained:
//! [`pinn_core::ansatz`]. Values must agree where hard faces meet. Surfaces from files cannot be `hard`.
//!
//! # Networks
//!
//! | key of `[network]` | default | chooses |
//! |---|---|---|
//! | `hidden` | `[32, 32, 32]` | widths of the hidden layers (of the blocks of a PirateNet) |
//! | `activation` | `"tanh"` | `"tanh"`, `"sine"`, `"gelu"`, `"swish"` |
//! | `frequency` | 3 | of the first layer of a sine network |
//! | `architecture` | `"mlp"` | `"mlp"`, `"modified-mlp"`, `"pirate-net"`, `"dense"`: [`Architecture`] |
//! | `fields` | `"shared"` | one trunk for all fields, or one network each: `"separate"` |
//! | `weights` | `"plain"` | `"factorised"`: random weight factorisation; `"normalised"`: weight normalisation |
//! | `factorised` | `{ mean = 1.0, deviation = 0.1 }` | its distribution |
//! | `fourier` | none | `{ features = 64, scale = 1.0 }`: random Fourier features |
//! | `periodic` | none | coordinates in which the network is periodic: `["x"]` over the domain, `{ x = "20 mm" }` |
//! | `harmonics` | 1 | sines and cosines per periodic coordinate |
//! | `norm` | none | norm of the hidden layers, a table, or several as `[[network.norm]]`: |
//!
//! | key of `[network.norm]` | default | chooses |
//! |---|---|---|
//! | `kind` | | `"layer"`, `"rms"`, `"group"`; `"batch"` with `statistics = "frozen"` |
//! | `place` | `"pre"` | `"pre"`, `"post"`, `"peri"`, `"branch"`, `"embedding"`: [`Place`] |
//! | `layers` | `"all"` | numbers of hidden layers or blocks, from 1: `[1, 2]` |
//! | `groups` | | number of groups of a group norm; divides every normalised layer |
//! | `gain` | 1 | initial gain γ |
//! | `epsilon` | 1e-3 | added to the variance: [`EPSILON`] |
//!
//! [`Architecture`]: pinn_network::Architecture
//! [`Place`]: pinn_norm::layer::Place
//! [`EPSILON`]: pinn_norm::layer::EPSILON
//!
//! # Families
//!
//! A parameter may be a range with units: `k = { from = "20 W/(m K)", to = "60 W/(m K)" }`. One training then solves the
//! problem for all of its values: [`hyper`](pinn_hyper). A range is scaled by the mean size of its ends; scales
//! and conditions of the file are read at the middle of all ranges. `[sampling]` counts points at each parameter value,
//! with the defaults 256 and 32. The keys of `[family]` are
//!
//! | key of `[family]` | default | chooses |
//! |---|---|---|
//! | `values` | 32 | parameter values at which points are drawn, the middle among them |
//! | `generate` | `"weights"` | output of the hypernetwork: all `"weights"`, a `"low-rank"` update of shared ones and the biases, or the `"biases"` alone |
//! | `rank` | 8 | of the update |
//! | `hidden` | `[32, 16]` | widths of its layers; the last is the number of features that are combined |
//! | `harmonics` | 1 | cosines and sines per parameter |
//! | `norm` | true | LayerNorm in every layer |
//!
//! # Inverse problems
//!
//! A parameter may be unknown, and found from the readings of `[[data]]`:
//! `k = { unknown = true, guess = "10 W/(m K)", positive = true }`.
//!
//! | key of an unknown | default | means |
//! |---|---|---|
//! | `unknown` | | `true` |
//! | `guess` | | the initial value, also used in the dimensionless form |
//! | `positive` | false | the value is guess · exp θ, else guess + scale · θ |
//! | `scale` | the size of the guess | typical error of the guess; required for a guess of zero and for temperatures |
//!
//! `file` is a CSV file below the folder of the problem file. Its header names every coordinate and one field or more, each
//! with its unit: `x [mm], t [s], T [degC]`. Cells of fields may be empty; lines that begin with `#` are comments.
//! `noise = { T = "0.5 K" }` is the standard deviation of one reading; all data have one, or none, and then it is
//! estimated. The weights of data and equations are described in [`pinn_core::readings`], the intervals in
//! [`pinn_core::uncertainty`].
//!
//! # Points
//!
//! | key of `[sampling]` | default | chooses |
//! |---|---|---|
//! | `method` | `"sobol"` | `"sobol"`, `"latin-hypercube"`, `"uniform"` |
//! | `interior` | 2048 | points inside the domain |
//! | `condition` | 256 | points of every condition without `points` |
//! | `graded` | none | faces that points lie ever closer towards: `["t = 0 s"]` |
//! | `resample_every` | never | steps between two sets of points, in phases of first order |
//! | `adaptive` | none | points that follow the residuals, a table: |
//!
//! | key of `[sampling.adaptive]` | default | chooses |
//! |---|---|---|
//! | `method` | | `"rad"`, `"rar-d"`, `"importance"`: [`pinn_geometry::sampling::adaptive`] |
//! | `every` | 100 | steps between two choices of points |
//! | `candidates` | 10 | candidates for every point |
//! | `power` | 1, for `"rar-d"` 2 | k of the density ∣r∣ᵏ / mean ∣r∣ᵏ + c |
//! | `offset` | 1, for `"rar-d"` 0 | c |
//! | `growth` | 0.1 | of `"rar-d"`: points that come at once, as a part of those at first |
//! | `limit` | 2 | of `"rar-d"`: most points, as a multiple of those at first |
//!
//! # Weights in the loss
//!
//! Reports, stopping rules and checkpoints use the unweighted dimensionless loss. The optimised loss may weigh
//! residuals by `residual_norm`
//!
//! | `residual_norm` | weighs |
//! |---|---|
//! | `"none"` | all alike |
//! | `"frozen-rms"` | each residual by its mean square at the start |
//! | `"layer-norm"` | each point by the mean square of its residuals |
//! | `"grad-norm"` | each residual by the norm of its gradient |
//! | `"ntk-trace"` | each residual by the trace of its neural tangent kernel |
//!
//! and points by the `method` of `[loss.points]`:
//!
//! | `method` | keys | weighs |
//! |---|---|---|
//! | `"none"` | | all alike |
//! | `"self-adaptive"` | `rate` = 0.1 | points by the sum of their squares so far |
//! | `"attention"` | `rate` = 0.01, `decay` = 0.999 | points by how large they were lately |
//! | `"causal"` | `strength` = 1, `chunks` = 32 | later times by how well earlier ones are solved |
//!
//! # Search
//!
//! | key of `[search]` | default | chooses |
//! |---|---|---|
//! | `tier` | `"network"` | one norm for the whole network, or one of its own for every layer: `"layers"` |
//! | `kinds` | `["layer", "rms", "group"]` | norms that are tried; `"batch"` with frozen statistics |
//! | `groups` | 4 | of group norms |
//! | `places` | all that the network has | `["pre", "post", "peri", "branch", "embedding"]` |
//! | `gains` | `[0.5, 1, 2]` | initial gains |
//! | `proposals` | `"grid"`, in layers `"tpe"` | `"grid"`, `"random"`, `"tpe"`, `"nsga2"` |
//! | `trials` | all, in layers 40 | configurations that are proposed |
//! | `rungs` | 3 | rungs of successive halving |
//! | `seeds` | 2 | seeds from the second rung on |
//! | `gate` | 0.3 | largest share that is dropped by initial statistics |
//! | `finalists` | 3 | configurations that are compared by whole trainings |
//! | `final_seeds` | 10 | seeds of that |
//! | `significance` | 0.05 | level of the test against the network without norms |
//!
//! # Expressions
//!
//! Values, sources, references and faces are expressions with the usual operators `+ - * / ^` (a power binds
//! tightest and takes an integer), parentheses, the functions `sqrt exp ln sin cos tanh abs`, `atan2(y, x)`, `pi`, the
//! names of coordinates, parameters, fields and definitions, in conditions the components `n_x` of the outward normal, derivatives `d(T, x)`, and over the coordinates of space
//! `grad(f)`, `vector(u, v)`, `div(a)`, `laplacian(f)`, `dot(a, b)`.
//!
//! **A number takes the unit that follows it.** Within a unit, operators stand without spaces
//! (`45 W/(m K)`, `7850 kg/m^3`), neighbours multiply (`45 W m^-1 K^-1`) and powers belong to the unit
//! (`20 mm^2` is an area). An operator with a space next to it belongs to the expression: `20 mm * x`. Where
//! it has none, it still does if no unit follows (`80 K*sin(x / 1 m)`), and if what follows is both a unit
//! and a declared name, that is an error, never a guess.
//!
//! **`20 degC` is a point on a scale with an offset**, not an amount: amounts may be added to it
//! (`20 degC + 80 K`), the difference of two points is an amount, and everything else is an error that names
//! the remedy.

#![warn(missing_docs)]
#![forbid(unsafe_code)]

mod accuracy;
mod beside;
mod bounds;
mod check;
mod condition_kind;
mod conditions;
mod context;
mod data;
mod domain;
mod equation;
mod exact;
mod expression;
mod faces;
mod geometry;
mod inverse;
mod located;
mod loss;
mod member;
mod mistake;
mod names;
mod network;
mod norm;
mod normal;
mod output;
mod oversights;
mod parts;
mod pose;
mod problem;
mod quantities;
mod quantity;
mod ranges;
mod read;
mod reference;
mod residuals;
mod sampling;
mod scales;
mod search;
mod search_settings;
mod settings;
mod sources;
mod suggest;
mod text_file;
mod training;
mod unknowns;
mod wire;
mod written;

pub use beside::BesideFile;
pub use member::Setting;
pub use mistake::{Fault, ProblemError};
pub use problem::{DisplayUnits, Family, Problem};
pub use search_settings::{Proposals, SearchSettings, Tier};
