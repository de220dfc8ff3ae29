//! Files of measurements as loggers write them.

use super::{BAR, load};

#[test]
fn columns_come_in_any_order_and_cells_of_fields_may_be_empty() {
    let csv = "\u{feff}# from the logger\r\nT [K] , x [cm],t [min]\r\n300,1,0.5\r\n\r\n,2,0.5\r\n\"310.5\",3,1\r\n";
    let problem = load(BAR, csv).unwrap();
    let set = &problem.statement.measurements[0];
    assert_eq!(set.name, "thermocouples");
    assert_eq!(set.values, [300.0, 310.5]);
    assert_eq!(set.places, [[30.0, 60.0], [0.01, 0.03]]);
    assert_eq!(set.noise, Some(1.8));
    assert_eq!(problem.files[0].content, csv.as_bytes());
}
