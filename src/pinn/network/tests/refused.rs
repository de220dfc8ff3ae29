//! Networks that cannot be built.

use super::*;

#[test]
fn networks_that_cannot_be_built_are_refused() {
    let with = |change: &dyn Fn(&mut Network)| {
        let mut network = network(&[6, 6]);
        change(&mut network);
        network.circuit().unwrap_err()
    };
    let none = |what| NetworkError::None { what };
    let not_positive = |what, found| NetworkError::NotPositive { what, found };
    assert_eq!(with(&|n| n.input_maps.clear()), none("coordinate"));
    assert_eq!(with(&|n| n.outputs = 0), none("field"));
    assert_eq!(with(&|n| n.hidden.clear()), none("hidden layer"));
    assert_eq!(
        with(&|n| n.hidden[1] = 0),
        none("unit in every hidden layer")
    );
    for (architecture, name) in [
        (Architecture::ModifiedMlp, "modified MLP"),
        (Architecture::PirateNet, "PirateNet"),
    ] {
        let found = with(&|n| {
            n.architecture = architecture;
            n.hidden[1] = 7;
        });
        let expected = NetworkError::UnequalWidths {
            architecture: name,
            expected: 6,
            found: 7,
        };
        assert_eq!(found, expected);
    }
    assert_eq!(
        with(&|n| n.first_frequency = 0.0),
        not_positive("the first frequency", 0.0)
    );
    let infinite = f64::INFINITY;
    assert_eq!(
        with(&|n| n.first_frequency = infinite),
        not_positive("the first frequency", infinite)
    );
    let spread = |deviation| WeightForm::Factorised {
        mean: 0.0,
        deviation,
    };
    assert_eq!(
        with(&|n| n.weights = spread(-1.0)),
        not_positive("the deviation of the factorised weights", -1.0)
    );
    let wave = |change: &dyn Fn(&mut Periodic)| {
        let mut periodic = periodic(0);
        change(&mut periodic);
        with(&|n| n.embedding.periodic = vec![periodic])
    };
    let expected = NetworkError::NoSuchCoordinate {
        found: 2,
        inputs: 2,
    };
    assert_eq!(wave(&|p| p.coordinate = 2), expected);
    let expected = none("harmonic of a periodic coordinate");
    assert_eq!(wave(&|p| p.harmonics = 0), expected);
    assert_eq!(wave(&|p| p.period = 0.0), not_positive("a period", 0.0));
    for features in [0, 1, 7] {
        let found = with(&|n| n.embedding.fourier = fourier(features));
        assert_eq!(found, NetworkError::OddFeatures { found: features });
    }
    let found = with(&|n| {
        n.embedding.fourier = Some(Fourier {
            features: 4,
            scale: 0.0,
            seed: 1,
        });
    });
    assert_eq!(
        found,
        not_positive("the scale of the Fourier features", 0.0)
    );
}
