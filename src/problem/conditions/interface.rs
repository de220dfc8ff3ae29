//! Conditions on the interface between two materials.

use super::builder::Builder;
use crate::mistake::{Checked, Fault, Mistake};
use crate::names::field_number;
use pinn_core::conditions::symbolic;

impl Builder<'_> {
    /// Two fields, and what flows along the normal, are the same on both sides.
    pub(super) fn interface(&mut self) -> Checked<()> {
        let entry = self.entry;
        let between = entry
            .between
            .as_ref()
            .ok_or_else(|| self.missing("between"))?;
        let given = entry.conductivities.as_ref();
        let given = given.ok_or_else(|| self.missing("conductivities"))?;
        let pair = |found: usize, span| match found {
            2 => Ok(()),
            _ => {
                let message = format!("expected two, one for each side, found {found}");
                Err(Mistake::new(Fault::WrongType { message }, span))
            }
        };
        let ([one, other], [k_one, k_other]) = (&between.get_ref()[..], &given.get_ref()[..])
        else {
            pair(between.get_ref().len(), between.span())?;
            return pair(given.get_ref().len(), given.span());
        };
        let declared = self.context.declared;
        let fields = [field_number(one, declared)?, field_number(other, declared)?];
        let [first, second] = fields.map(|field| &declared.fields[field]);
        if fields[0] == fields[1] {
            let fault = Fault::Duplicate {
                what: "field",
                name: first.name.clone(),
            };
            return Err(Mistake::new(fault, other.span())
                .label("an interface is between two fields, each of which lives on its side"));
        }
        let differs = |what: String, expected, found, span| {
            Mistake::new(
                Fault::Dimension {
                    what,
                    expected,
                    found,
                },
                span,
            )
        };
        if first.dimensions != second.dimensions {
            return Err(differs(
                format!("`{}` next to `{}`", second.name, first.name),
                first.dimensions,
                second.dimensions,
                other.span(),
            ));
        }
        let unknowns = fields.map(|field| self.graph.field(field as u16));
        let jump = self.graph.sub(unknowns[0], unknowns[1]);
        self.push(
            format!("{} - {}", first.name, second.name),
            jump,
            first.dimensions,
        );
        let mut flows = Vec::new();
        for (side, conductivity) in [k_one, k_other].into_iter().enumerate() {
            let conductivity = self.free(conductivity)?;
            let slope = self.slope_dimensions(fields[side])?;
            let along_normal = self.normal_derivative(unknowns[side]);
            let zero = self.graph.constant(0.0);
            let flow = symbolic::flux(&mut self.graph, along_normal, conductivity.expr, zero);
            flows.push((flow, self.times(conductivity.dimensions, slope)?));
        }
        if flows[0].1 != flows[1].1 {
            return Err(differs(
                "the flow on the other side".to_string(),
                flows[0].1,
                flows[1].1,
                k_other.span(),
            ));
        }
        let jump = self.graph.sub(flows[0].0, flows[1].0);
        self.push(
            format!("flow of {} - {}", first.name, second.name),
            jump,
            flows[0].1,
        );
        Ok(())
    }
}
