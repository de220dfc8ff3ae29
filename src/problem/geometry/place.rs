//! Parts of the boundary: shapes by name, and predicates.

use super::names;
use crate::context::Context;
use crate::expression::{Scope, elaborate};
use crate::located::Located;
use crate::mistake::{Checked, Fault, Mistake};
use pinn_expr::Graph;
use pinn_geometry::domain::Domain;
use pinn_geometry::place::{Boundary, Inequality, Place};

/// The surface of the shape with a name.
pub(crate) fn shape_named(name: &str, domain: &Domain) -> Option<Place> {
    let number = names(domain).iter().position(|known| *known == name)?;
    Some(Place {
        boundary: Boundary::Shape(number),
        within: Vec::new(),
    })
}

/// The part of a place in which inequalities hold: `x > 0.2 m and y < 3 mm`.
pub(crate) fn part(mut place: Place, text: Located, context: Context) -> Checked<Place> {
    let mut start = 0;
    for piece in text.text.split(" and ") {
        let inequality = inequality(piece, context).map_err(|mistake| mistake.shifted(start));
        place.within.push(text.locate(inequality)?);
        start += piece.len() + " and ".len();
    }
    Ok(place)
}

fn inequality(text: &str, context: Context) -> Checked<Inequality> {
    let sign = text.find(['<', '>']);
    let Some(sign) = sign else {
        let message = "there is no `<` or `>`".to_string();
        return Err(Mistake::new(Fault::Region { message }, 0..text.len())
            .label("expected an inequality such as `x > 20 mm`")
            .help("several inequalities hold together: `x > 20 mm and y < 1 m`"));
    };
    let behind = &text[sign + 1..];
    // On a line or a surface `≤` and `<` differ nowhere.
    let equal = behind.len() - behind.strip_prefix('=').unwrap_or(behind).len();
    let second = sign + 1 + equal;
    let mut graph = Graph::new();
    let scope = Scope::points(context.declared, context.definitions);
    let mut side = |range: std::ops::Range<usize>| {
        let value = elaborate(&text[range.clone()], scope, &mut graph);
        value.map_err(|mistake| mistake.shifted(range.start))
    };
    let left = side(0..sign)?;
    let right = side(second..text.len())?;
    if left.dimensions != right.dimensions {
        let fault = Fault::Dimension {
            what: "the right side of the inequality".to_string(),
            expected: left.dimensions,
            found: right.dimensions,
        };
        let unit = left.dimensions.unit_text();
        return Err(
            Mistake::new(fault, second..text.len()).label(format!("the left side is in `{unit}`"))
        );
    }
    let difference = match &text[sign..sign + 1] {
        ">" => graph.sub(left.expr, right.expr),
        _ => graph.sub(right.expr, left.expr),
    };
    Inequality::new(text.trim(), &graph, difference, context.parameters).ok_or_else(|| {
        let message = "an inequality may depend only on coordinates and parameters";
        let message = message.to_string();
        Mistake::new(Fault::Region { message }, 0..text.len())
    })
}
