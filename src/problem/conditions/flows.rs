//! Conditions on the slope along the normal.

use super::builder::Builder;
use crate::mistake::Checked;
use crate::quantity::Expected;
use pinn_core::conditions::symbolic;

impl Builder<'_> {
    /// ∂f/∂n is given, or the flow −k ∂f/∂n.
    pub(super) fn neumann(&mut self) -> Checked<()> {
        let entry = self.entry;
        let field = self.one_field()?;
        let info = &self.context.declared.fields[field];
        let slope = self.slope_dimensions(field)?;
        let unknown = self.graph.field(field as u16);
        let exact = self.context.exact.get(field);
        match (&entry.gradient, &entry.flux, &entry.conductivity) {
            (None, None, None) if let Some(exact) = exact => {
                let form = self.expression(exact, Expected::of(&info.name, info))?;
                let gradient = self.normal_derivative(form.expr);
                let along_normal = self.normal_derivative(unknown);
                let residual = symbolic::neumann(&mut self.graph, along_normal, gradient);
                self.push(info.name.clone(), residual, slope);
                Ok(())
            }
            (Some(gradient), None, None) => {
                let gradient = self.expression(gradient, Expected::amount("gradient", slope))?;
                let along_normal = self.normal_derivative(unknown);
                let residual = symbolic::neumann(&mut self.graph, along_normal, gradient.expr);
                self.push(info.name.clone(), residual, slope);
                Ok(())
            }
            (None, Some(flux), Some(conductivity)) => {
                let conductivity = self.free(conductivity)?;
                let dimensions = self.times(conductivity.dimensions, slope)?;
                let flux = self.expression(flux, Expected::amount("flux", dimensions))?;
                let along_normal = self.normal_derivative(unknown);
                let residual = symbolic::flux(
                    &mut self.graph,
                    along_normal,
                    conductivity.expr,
                    flux.expr,
                );
                self.push(info.name.clone(), residual, dimensions);
                Ok(())
            }
            (None, Some(_), None) => Err(self.missing("conductivity")),
            _ => Err(self
                .missing("gradient")
                .help("give `gradient` (along the outward normal), or `flux` (leaving the domain) and `conductivity`")),
        }
    }

    /// −k ∂f/∂n = h (f − ambient).
    pub(super) fn robin(&mut self) -> Checked<()> {
        let entry = self.entry;
        let field = self.one_field()?;
        let info = &self.context.declared.fields[field];
        let slope = self.slope_dimensions(field)?;
        let (Some(conductivity), Some(transfer), Some(ambient)) =
            (&entry.conductivity, &entry.transfer, &entry.ambient)
        else {
            let key = match (&entry.conductivity, &entry.transfer) {
                (None, _) => "conductivity",
                (_, None) => "transfer",
                _ => "ambient",
            };
            return Err(self.missing(key));
        };
        let conductivity = self.free(conductivity)?;
        let dimensions = self.times(conductivity.dimensions, slope)?;
        let per_field = dimensions.times(info.dimensions, -1).unwrap_or_default();
        let transfer = self.expression(transfer, Expected::amount("transfer", per_field))?;
        let surroundings = self.expression(ambient, Expected::of("ambient", info))?;
        let unknown = self.graph.field(field as u16);
        let along_normal = self.normal_derivative(unknown);
        let residual = symbolic::robin(
            &mut self.graph,
            unknown,
            along_normal,
            conductivity.expr,
            transfer.expr,
            surroundings.expr,
        );
        self.push(info.name.clone(), residual, dimensions);
        self.know(field, surroundings.expr, ambient.span());
        Ok(())
    }
}
