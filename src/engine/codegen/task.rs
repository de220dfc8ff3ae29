//! Code of one task: residuals, losses and seeds from the streams of the fields, and its kernels.

use super::layers::Layers;
use super::layout::Layout;
use super::machine::Limits;
use super::memory::Memory;
use super::products::Products;
use super::statements::{inputs, literal, statements};
use crate::EngineError;
use crate::structure::Structure;
use pinn_expr::Real;
use pinn_network::jets::JetPlan;
use pinn_network::{InputMap, Value};
use pinn_units::{Input, Kernel, Nondimensional};
use std::fmt::Write;

/// Modes of a task's kernel; see [`argument`].
pub mod mode {
    /// Write residuals.
    pub const RESIDUALS: u64 = 0;
    /// Sum the squares of residuals.
    pub const LOSSES: u64 = 1;
    /// Sum the squares, and compute the gradient of the weighted loss.
    pub const GRADIENT: u64 = 2;
    /// Compute the gradient of the product of residuals with a given vector, without losses.
    pub const PRODUCT: u64 = 3;
    /// Compute the gradient of one residual at each row: rows of the Jacobian.
    pub const ROWS: u64 = 4;
    /// Write the fields.
    pub const FIELDS: u64 = 5;
}

/// Numbers of the arguments of a task's kernel.
pub mod argument {
    pub const MATRICES: usize = 0;
    pub const PARAMETERS: usize = 1;
    pub const CONSTANTS: usize = 2;
    /// Columns of coordinates.
    pub const POINTS: usize = 3;
    /// Or null.
    pub const MEASURE: usize = 4;
    /// Or null.
    pub const WEIGHTS: usize = 5;
    /// 2 · weight / rows of every residual of the task.
    pub const FACTORS: usize = 6;
    /// Memory for the values of one tile per block, or null for shared memory.
    pub const WORKSPACE: usize = 7;
    /// Gradients: one per block, or one per row.
    pub const INTO: usize = 8;
    /// Sums of squares: two per residual of all tasks (plain and weighted), for every block.
    pub const SUMS: usize = 9;
    /// Residuals or fields written, or the vector of a product read: column by column.
    pub const VECTOR: usize = 10;
    pub const ROWS: usize = 11;
    pub const COORDINATES: usize = 12;
    pub const MODE: usize = 13;
    /// Number of the residual whose rows of the Jacobian are requested.
    pub const RESIDUAL: usize = 14;
    /// Flag: gradients start at zero.
    pub const FRESH: usize = 15;
    /// First tile of the Jacobian, and the number of tiles.
    pub const FIRST_TILE: usize = 16;
    pub const TILES: usize = 17;
    pub const COUNT: usize = 18;
}

/// Planned task.
pub struct Task<T> {
    /// Kernel; `None` if the fields are requested.
    pub kernel: Option<Kernel<T, Nondimensional>>,
    pub structure: Structure<f64>,
    /// Per input of the kernel: (stream, coefficient).
    recipes: Vec<Vec<(usize, f64)>>,
    pub first_loss: usize,
    pub sites: usize,
    /// Number of rows of a tile.
    pub rows: usize,
    pub memory: Memory,
    /// True if values are in shared memory.
    pub shared: bool,
    pub products: Products,
}

impl<T: Real> Task<T> {
    pub fn new(
        layout: &Layout,
        kernel: Option<Kernel<T, Nondimensional>>,
        first_loss: usize,
        limits: Limits,
        products: Products,
    ) -> Result<Self, EngineError> {
        let kernel = kernel.map(|kernel| kernel.collapsed());
        let symbols = kernel.as_ref().map(Kernel::symbols).unwrap_or_default();
        let (plan, recipes) = match symbols.is_empty() {
            true => (JetPlan::default(), Vec::new()),
            false => JetPlan::collapsed(&symbols)?,
        };
        let recipes = recipes.into_iter();
        let recipes = recipes.map(|r| r.map_or(Vec::new(), |recipe| recipe.terms));
        let recipes = recipes.collect();
        let structure = Structure::new(&plan);
        let sites = kernel.as_ref().map_or(1, Kernel::sites);
        let residuals = kernel.as_ref().map_or(0, Kernel::residuals);
        let bytes = |rows: usize, memory: &Memory| {
            2 * residuals * rows * size_of::<f64>() + memory.length * size_of::<T>()
        };
        let plan = |rows: usize| {
            let memory = Memory::new(layout, structure.streams, rows * sites);
            (rows, memory)
        };
        // Two simultaneous blocks hide each other's latency; fewer rows than a warp and a half of them leave threads
        // without work in products.
        let enough = |rows: usize| rows * sites * structure.streams >= 48;
        let tiles = [64, 48, 32, 24, 16, 12, 8, 6, 4];
        let fitting = |most: usize| {
            tiles
                .into_iter()
                .filter(|rows| enough(*rows))
                .map(plan)
                .find(|(rows, memory)| bytes(*rows, memory) <= most)
        };
        // The whole memory is `shared` plus the reserve of one block; two blocks need two reserves.
        let half = limits.shared.saturating_sub(limits.reserved) / 2;
        let (rows, memory, shared) = match fitting(half).or_else(|| fitting(limits.shared)) {
            Some((rows, memory)) => (rows, memory, true),
            None => {
                let rows = 96usize.div_ceil(structure.streams * sites).max(4);
                let (rows, memory) = plan(rows);
                (rows, memory, false)
            }
        };
        Ok(Task {
            kernel,
            structure,
            recipes,
            first_loss,
            sites,
            rows,
            memory,
            shared,
            products,
        })
    }

    pub fn residuals(&self) -> usize {
        self.kernel.as_ref().map_or(0, Kernel::residuals)
    }

    /// Number of tiles for a total number of rows.
    pub fn tiles(&self, rows: usize) -> usize {
        rows.div_ceil(self.rows)
    }

    /// Sums of squares of one block: plain and weighted, of every residual and row of a tile.
    fn sums(&self) -> usize {
        2 * self.residuals() * self.rows
    }

    /// Bytes of shared memory of one block.
    pub fn shared_bytes(&self) -> usize {
        let sums = self.sums() * size_of::<f64>();
        sums + if self.shared {
            self.memory.length * size_of::<T>()
        } else {
            0
        }
    }

    /// Functions and kernels of the task, whose names end in `name`.
    pub fn source(
        &self,
        name: &str,
        layout: &Layout,
        maps: &[InputMap],
        limits: Limits,
        losses: usize,
    ) -> String {
        // Known to lie in shared memory, values are read by instructions for that; through a pointer that may lead
        // anywhere they would not be.
        let values = match self.shared {
            true => format!(
                "SHARED(memory);\nvalues = (T *)((double *)memory + {});\n",
                self.sums()
            ),
            false => String::new(),
        };
        let layers = Layers {
            name,
            values: &values,
            functions: Default::default(),
            layout,
            memory: &self.memory,
            structure: &self.structure,
            maps,
            points: self.rows * self.sites,
            sites: self.sites,
            threads: limits.threads,
            products: self.products,
        };
        let forward = layers.forward();
        let backward = self.kernel.as_ref().map(|_| layers.backward());
        let mut text = layers.definitions();
        let _ = write!(
            text,
            "FUNCTION void forward_{name}(const T *matrices, const T *parameters, const T *constants, const T *points, \
             int coordinates, long rows, long first, T *values) {{\n{values}{forward}}}\n\n",
        );
        let unpack = format!(
            "SHARED(memory);\n\
             const T *matrices = POINTER(const T, {}), *parameters = POINTER(const T, {});\n\
             const T *constants = POINTER(const T, {}), *points = POINTER(const T, {});\n\
             const long rows = INTEGER({});\n\
             const int coordinates = (int)INTEGER({}), mode = (int)INTEGER({});\n\
             double *sums = (double *)memory;\n\
             T *values = {};\n",
            argument::MATRICES,
            argument::PARAMETERS,
            argument::CONSTANTS,
            argument::POINTS,
            argument::ROWS,
            argument::COORDINATES,
            argument::MODE,
            match self.shared {
                true => format!("(T *)(sums + {})", self.sums()),
                false => format!(
                    "POINTER(T, {}) + (long)BLOCK * {}",
                    argument::WORKSPACE,
                    self.memory.length
                ),
            }
        );
        match &self.kernel {
            None => text += &self.fields_kernel(name, layout, &unpack),
            Some(kernel) => {
                let _ = write!(
                    text,
                    "FUNCTION void backward_{name}(const T *matrices, const T *parameters, const T *constants, int sets, \
                     T *values, T *into) {{\n{values}{}}}\n\n",
                    backward.unwrap_or_default()
                );
                text += &self.residual_function(name, layout, kernel, &values);
                text += &self.kernels(name, &unpack, losses);
            }
        }
        text
    }

    fn fields_kernel(&self, name: &str, layout: &Layout, unpack: &str) -> String {
        let mut writes = String::new();
        for field in 0..layout.fields() {
            let place = self.output(layout, field, 0, "p");
            let _ = writeln!(writes, "vector[{field} * rows + first + p] = {place};");
        }
        format!(
            "KERNEL {name}(Arguments arguments) {{\n{unpack}\
             T *vector = POINTER(T, {vector});\n(void)mode;\n\
             for (long first = (long)BLOCK * {tile}; first < rows; first += (long)BLOCKS * {tile}) {{\n\
             forward_{name}(matrices, parameters, constants, points, coordinates, rows, first, values);\n\
             for (int p = THREAD; p < {tile} && first + p < rows; p += THREADS) {{\n{writes}}}\n\
             BARRIER();\n}}\n}}\n\n",
            vector = argument::VECTOR,
            tile = self.rows,
        )
    }

    /// Place of a stream of a field; `point` is the number of the point within the tile.
    fn output(&self, layout: &Layout, field: usize, stream: usize, point: &str) -> String {
        let (Value(node), unit) = layout.field(field);
        self.place(self.memory.values[node] + unit, node, stream, point)
    }

    /// Place of the gradient by a stream of a field, if there is one.
    fn seed(&self, layout: &Layout, field: usize, stream: usize, point: &str) -> Option<String> {
        let (Value(node), unit) = layout.field(field);
        let start = self.memory.gradients[node]?;
        Some(self.place(start + unit, node, stream, point))
    }

    fn place(&self, start: usize, node: usize, stream: usize, point: &str) -> String {
        let row = stream * self.rows * self.sites;
        let stride = self.memory.strides[node];
        format!("values[{start} + ({row} + {point}) * {stride}]")
    }

    /// Code for the residuals of all rows of a tile, their use, and the gradients by the fields' streams.
    fn residual_function(
        &self,
        name: &str,
        layout: &Layout,
        kernel: &Kernel<T, Nondimensional>,
        values: &str,
    ) -> String {
        let forward = kernel.forward_program();
        let adjoint = kernel.adjoint_program();
        let mut loads = String::new();
        let read: std::collections::BTreeSet<usize> =
            inputs(forward).union(&inputs(adjoint)).copied().collect();
        for (i, input) in kernel.inputs().iter().enumerate() {
            if !read.contains(&i) {
                continue;
            }
            let value = match *input {
                Input::Coordinate { coordinate, site } => {
                    format!("points[({site} * coordinates + {coordinate}) * rows + row]")
                }
                Input::Field { field, site, .. } | Input::Operator { field, site, .. } => {
                    let point = format!("p + {}", site as usize * self.rows);
                    let terms = self.recipes[i].iter().map(|(stream, c)| {
                        let output = self.output(layout, field as usize, *stream, &point);
                        format!("{} * {output}", literal(*c))
                    });
                    sum(terms)
                }
            };
            let _ = writeln!(loads, "const T x{i} = {value};");
        }
        let residuals = self.residuals();
        let mut text = format!(
            "FUNCTION void residual_{name}(Arguments arguments, const T *points, int coordinates, long rows, long first, \
             T *values, double *sums, int mode) {{\n{values}\
             const T *measure = POINTER(const T, {}), *weights = POINTER(const T, {});\n\
             const T *factors = POINTER(const T, {});\n\
             T *vector = POINTER(T, {});\n\
             const long chosen = INTEGER({});\n\
             for (int p = THREAD; p < {}; p += THREADS) {{\n\
             const int live = first + p < rows;\n\
             const long row = live ? first + p : rows - 1;\n",
            argument::MEASURE,
            argument::WEIGHTS,
            argument::FACTORS,
            argument::VECTOR,
            argument::RESIDUAL,
            self.rows,
        );
        text += &loads;
        text += &statements(forward, "y", &|i| format!("x{i}"), &|_| {
            unreachable!("forward programs read no seeds")
        });
        let _ = writeln!(text, "if (mode == {}) {{\nif (live) {{", mode::RESIDUALS);
        for r in 0..residuals {
            let _ = writeln!(text, "vector[{r} * rows + row] = y{r};");
        }
        let _ = writeln!(
            text,
            "}}\ncontinue;\n}}\nif (live && (mode == {} || mode == {})) {{",
            mode::LOSSES,
            mode::GRADIENT
        );
        for r in 0..residuals {
            let tile = self.rows;
            let _ = writeln!(
                text,
                "{{ const double square = (double)y{r} * (double)y{r};\n\
                 sums[{} + p] += measure ? (double)measure[row] * square : square;\n\
                 sums[{} + p] += weights ? (double)weights[{r} * rows + row] * square : square; }}",
                2 * r * tile,
                (2 * r + 1) * tile,
            );
        }
        let _ = writeln!(text, "}}\nif (mode == {}) continue;", mode::LOSSES);
        for r in 0..residuals {
            let _ = writeln!(
                text,
                "T s{r} = 0;\nif (live) s{r} = mode == {} ? factors[{r}] * y{r} * (weights ? weights[{r} * rows + row] : 1)\n\
                 : mode == {} ? vector[{r} * rows + row] : chosen == {r} ? 1 : 0;",
                mode::GRADIENT,
                mode::PRODUCT,
            );
        }
        text += &statements(adjoint, "g", &|i| format!("x{i}"), &|r| format!("s{r}"));
        text += &self.seeds(layout, kernel);
        text.push_str("}\n}\n\n");
        text
    }

    /// Code for the gradients by all streams of all fields at all sites of point p, from g0, g1, …
    fn seeds(&self, layout: &Layout, kernel: &Kernel<T, Nondimensional>) -> String {
        let mut text = String::new();
        for site in 0..self.sites {
            let point = format!("p + {}", site * self.rows);
            for field in 0..layout.fields() {
                for stream in 0..self.structure.streams {
                    let Some(place) = self.seed(layout, field, stream, &point) else {
                        continue;
                    };
                    let parts = kernel.inputs().iter().zip(&self.recipes).enumerate();
                    let parts = parts.flat_map(|(i, (input, recipe))| {
                        let here = matches!(*input,
                            Input::Field { field: f, site: s, .. } | Input::Operator { field: f, site: s, .. }
                            if (f as usize, s as usize) == (field, site));
                        let terms = recipe.iter().filter(move |(s, _)| here && *s == stream);
                        terms.map(move |(_, c)| format!("{} * g{i}", literal(*c)))
                    });
                    let _ = writeln!(text, "{place} = {};", sum(parts));
                }
            }
        }
        text
    }

    fn kernels(&self, name: &str, unpack: &str, losses: usize) -> String {
        let tile = self.rows;
        let sums = 2 * self.residuals();
        let steps = format!(
            "forward_{name}(matrices, parameters, constants, points, coordinates, rows, first, values);\n\
             residual_{name}(arguments, points, coordinates, rows, first, values, sums, mode);\nBARRIER();\n"
        );
        let into = argument::INTO;
        let fresh = argument::FRESH;
        format!(
            "KERNEL {name}(Arguments arguments) {{\n{unpack}\
             T *into = POINTER(T, {into}) + (long)BLOCK * GRADIENT;\n\
             for (int i = THREAD; i < {cells}; i += THREADS) sums[i] = 0;\n\
             if (mode >= {gradient} && INTEGER({fresh})) for (int i = THREAD; i < GRADIENT; i += THREADS) into[i] = 0;\n\
             BARRIER();\n\
             for (long first = (long)BLOCK * {tile}; first < rows; first += (long)BLOCKS * {tile}) {{\n{steps}\
             if (mode >= {gradient}) backward_{name}(matrices, parameters, constants, 1, values, into);\n}}\n\
             if (mode == {losses_mode} || mode == {gradient}) {{\n\
             double *to = POINTER(double, {sums_argument}) + (long)BLOCK * {all} + {own};\n\
             for (int r = THREAD; r < {sums}; r += THREADS) {{\n\
             double sum = 0;\nfor (int p = 0; p < {tile}; p++) sum += sums[r * {tile} + p];\nto[r] = sum;\n}}\n}}\n}}\n\n\
             KERNEL {name}_rows(Arguments arguments) {{\n{unpack}\
             const long begin = INTEGER({first_tile});\n\
             for (long n = BLOCK; n < INTEGER({tiles}); n += BLOCKS) {{\n\
             const long first = (begin + n) * {tile};\n\
             T *into = POINTER(T, {into}) + n * {tile} * GRADIENT;\n\
             for (int i = THREAD; i < {tile} * GRADIENT; i += THREADS) into[i] = 0;\n{steps}\
             backward_{name}(matrices, parameters, constants, {tile}, values, into);\n}}\n}}\n\n",
            cells = sums * tile,
            gradient = mode::GRADIENT,
            losses_mode = mode::LOSSES,
            sums_argument = argument::SUMS,
            all = 2 * losses,
            own = 2 * self.first_loss,
            first_tile = argument::FIRST_TILE,
            tiles = argument::TILES,
        )
    }
}

/// Sum of terms, zero without any.
fn sum(terms: impl Iterator<Item = String>) -> String {
    let terms: Vec<String> = terms.collect();
    match terms.is_empty() {
        true => "0".to_string(),
        false => terms.join(" + "),
    }
}
