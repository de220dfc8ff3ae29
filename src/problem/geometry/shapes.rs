//! The kinds of shapes.

use super::Reader;
use crate::mistake::{Checked, Fault, Mistake};
use crate::wire::{BallEntry, CuboidEntry, PolygonEntry, ShapeEntry, SurfaceEntry};
use pinn_geometry::domain::Interval;
use pinn_geometry::{Ball, Cuboid, Polygon, Shape};
use std::sync::Arc;
use toml::Spanned;

/// Coordinates, and the shape over them.
type Read = (Vec<usize>, Arc<dyn Shape>);
/// The coordinates of a shape.
type Over<'a> = Option<&'a Spanned<Vec<Spanned<String>>>>;

impl Reader<'_> {
    pub(super) fn shape(&mut self, entry: &Spanned<ShapeEntry>) -> Checked<Read> {
        let (span, entry) = (entry.span(), entry.get_ref());
        let over = entry.over.as_ref();
        let given = [
            entry.cuboid.is_some(),
            entry.disk.is_some(),
            entry.ball.is_some(),
            entry.polygon.is_some(),
            entry.stl.is_some(),
        ];
        let one = given.iter().filter(|given| **given).count() == 1;
        match entry {
            ShapeEntry {
                cuboid: Some(cuboid),
                ..
            } if one => self.cuboid(cuboid, over),
            ShapeEntry {
                disk: Some(disk), ..
            } if one => self.ball(disk, 2, over),
            ShapeEntry {
                ball: Some(ball), ..
            } if one => self.ball(ball, 3, over),
            ShapeEntry {
                polygon: Some(polygon),
                ..
            } if one => self.polygon(polygon, over),
            ShapeEntry { stl: Some(stl), .. } if one => self.stl(stl, over),
            _ => {
                let message = "expected one kind of shape".to_string();
                Err(Mistake::new(Fault::Region { message }, span)
                    .label("expected one of `box`, `disk`, `ball`, `polygon`, `stl`")
                    .help("combine shapes in `region`: `region = \"plate - hole\"`"))
            }
        }
    }

    fn cuboid(&self, cuboid: &Spanned<CuboidEntry>, over: Over) -> Checked<Read> {
        let (at, cuboid) = (cuboid.span(), cuboid.get_ref());
        let (from, to) = (cuboid.from.get_ref(), cuboid.to.get_ref());
        let axes = self.axes(over, from.len(), &[1, 2, 3], at)?;
        let lower = self.point(&cuboid.from, &axes)?;
        let upper = self.point(&cuboid.to, &axes)?;
        let sides = lower.iter().zip(&upper);
        let sides = sides.map(|(lower, upper)| Interval {
            lower: *lower,
            upper: *upper,
        });
        let sides: Vec<Interval> = sides.collect();
        for (number, side) in sides.iter().enumerate() {
            if side.lower >= side.upper {
                let fault = Fault::EmptyRange {
                    name: self.declared.coordinates[axes[number]].name.clone(),
                    from: from[number].get_ref().to_string(),
                    to: to[number].get_ref().to_string(),
                };
                return Err(Mistake::new(fault, to[number].span())
                    .label("expected more than the number under `from`"));
            }
        }
        Ok((axes, Arc::new(Cuboid::new(sides))))
    }

    fn ball(&self, ball: &Spanned<BallEntry>, dimensions: usize, over: Over) -> Checked<Read> {
        let (at, ball) = (ball.span(), ball.get_ref());
        let count = ball.centre.get_ref().len();
        if count != dimensions {
            let what = if dimensions == 2 { "disk" } else { "ball" };
            let message = format!("expected {dimensions} coordinates, found {count}");
            return Err(
                Mistake::new(Fault::WrongType { message }, ball.centre.span())
                    .label(format!(
                        "the centre of a {what} has {dimensions} coordinates"
                    ))
                    .help("a disk is over two coordinates, a ball over three"),
            );
        }
        let axes = self.axes(over, count, &[dimensions], at)?;
        let centre = self.point(&ball.centre, &axes)?;
        let radius = self.length(&ball.radius, "radius", axes[0])?;
        if radius <= 0.0 {
            let fault = Fault::OutOfRange {
                what: "the radius".to_string(),
                allowed: "positive".to_string(),
                found: radius.to_string(),
            };
            return Err(Mistake::new(fault, ball.radius.span()));
        }
        Ok((axes, Arc::new(Ball::new(centre, radius))))
    }

    fn polygon(&self, polygon: &Spanned<PolygonEntry>, over: Over) -> Checked<Read> {
        let axes = self.axes(over, 2, &[2], polygon.span())?;
        let mut corners = Vec::new();
        for point in polygon.get_ref().points.get_ref() {
            let corner = self.point(point, &axes)?;
            corners.push([corner[0], corner[1]]);
        }
        let polygon_span = polygon.get_ref().points.span();
        let shape = Polygon::new(corners)
            .map_err(|cause| Mistake::new(Fault::Polygon(cause), polygon_span))?;
        Ok((axes, Arc::new(shape)))
    }

    fn stl(&mut self, stl: &Spanned<SurfaceEntry>, over: Over) -> Checked<Read> {
        let axes = self.axes(over, 3, &[3], stl.span())?;
        let (mesh, file) = self.surface(stl.get_ref(), &axes)?;
        if self.files.iter().all(|known| known.name != file.name) {
            self.files.push(file);
        }
        Ok((axes, Arc::new(mesh)))
    }
}
