use super::*;
use proptest::prelude::*;

fn identity() -> Identity {
    Identity {
        entries: vec![(Key::Statement("equation `heat`".into()), "1 * (T_t)".into())],
        phases: vec!["Adam".into(), "Lbfgs".into()],
    }
}

fn checkpoint<T: Real>() -> Checkpoint<T> {
    let numbers = |n: usize| {
        (0..n)
            .map(|i| T::from_f64(1.0 / (i as f64 + 3.0)))
            .collect()
    };
    Checkpoint {
        identity: identity(),
        settings: serde_json::json!({ "seed": 7 }),
        counters: Counters {
            phase: 0,
            phase_step: 12,
            step: 12,
            free_steps: 12,
            adaptations: 2,
            seconds: 0.1 + 0.2,
            phase_seconds: 1.0 / 3.0,
            progress: Some((0.25, 3)),
            reasons: Vec::new(),
        },
        parameters: numbers(5),
        optimiser: Some(OptimiserState {
            method: "adam".into(),
            scalars: BTreeMap::from([("step".into(), 12.0), ("value".into(), 0.1)]),
            vectors: BTreeMap::from([("first".into(), numbers(5)), ("second".into(), numbers(5))]),
        }),
        losses: vec![0.1, 1e-300],
        weights: vec![1.0, f64::MIN_POSITIVE],
        points: vec![0.3, 1e4],
        adapted: BTreeMap::from([("points 0".into(), numbers(6))]),
    }
}

fn read<T: Real>(bytes: &[u8]) -> Result<Checkpoint<T>, CheckpointError> {
    let path = Path::new("run/checkpoint.safetensors");
    Checkpoint::from_bytes(path, bytes, |found, phase| {
        identity().difference(found, phase)
    })
}

fn message(bytes: &[u8]) -> String {
    read::<f64>(bytes).unwrap_err().to_string()
}

#[test]
fn files_give_back_every_bit_in_both_precisions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    checkpoint::<f32>().write(&path).unwrap();
    let found = Checkpoint::<f32>::read(&path, &identity()).unwrap();
    assert_eq!(found, checkpoint());
    // The file is replaced completely.
    checkpoint::<f64>().write(&path).unwrap();
    let found = Checkpoint::<f64>::read(&path, &identity()).unwrap();
    assert_eq!(found, checkpoint());
    // No temporary file remains in the folder.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_place_that_cannot_be_written_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("checkpoint.safetensors");
    let error = checkpoint::<f64>().write(&path).unwrap_err();
    assert!(
        matches!(&error, CheckpointError::Write { path: p, .. } if *p == path),
        "{error}"
    );
    assert!(!path.exists());
    let error = Checkpoint::<f64>::read(&path, &identity()).unwrap_err();
    assert!(matches!(error, CheckpointError::Read { .. }));
}

proptest! {
    #[test]
    fn cut_files_are_refused(length in 0usize..3000) {
        let bytes = checkpoint::<f64>().to_bytes().unwrap();
        prop_assume!(length < bytes.len());
        let error = read::<f64>(&bytes[..length]).unwrap_err();
        prop_assert!(matches!(error, CheckpointError::NotWhole { .. }), "{error}");
    }

    #[test]
    fn flipped_bits_are_refused_and_never_panic(position: prop::sample::Index, bit in 0u8..8) {
        let mut bytes = checkpoint::<f64>().to_bytes().unwrap();
        let position = position.index(bytes.len());
        bytes[position] ^= 1 << bit;
        let found = read::<f64>(&bytes);
        prop_assert!(found.is_err(), "byte {position}, bit {bit}");
    }

    #[test]
    fn anything_else_is_refused_and_never_panics(bytes: Vec<u8>) {
        prop_assert!(read::<f32>(&bytes).is_err());
    }
}

#[test]
fn messages_say_what_was_expected_and_found_and_what_to_do() {
    let bytes = checkpoint::<f64>().to_bytes().unwrap();
    insta::assert_snapshot!(message(&bytes[..bytes.len() / 2]), @"`run/checkpoint.safetensors` is not a complete safetensors file (invalid header length); expected a checkpoint that a run wrote: use another copy or start a new run");
    let numbers = BTreeMap::from([("x", Tensor::of(&[1.0f64]))]);
    insta::assert_snapshot!(message(&serialize(numbers, None).unwrap()), @"`run/checkpoint.safetensors` is a safetensors file but not a checkpoint: expected `format` to be `pinn checkpoint`, found nothing; give the checkpoint of a run");
    let mut other = checkpoint::<f64>();
    other.identity.entries[0].1 = "2 * (T_t)".into();
    insta::assert_snapshot!(message(&other.to_bytes().unwrap()), @"`run/checkpoint.safetensors` belongs to another problem: equation `heat` differs: expected `1 * (T_t)`, found `2 * (T_t)`; continue with the problem that it was saved with, or start a new run");
    let version = br#""version":"1""#;
    let mut places = bytes.windows(version.len());
    let at = places.position(|window| window == version).unwrap();
    let mut later = bytes.clone();
    later[at + version.len() - 2] = b'9';
    insta::assert_snapshot!(message(&later), @"`run/checkpoint.safetensors` has checkpoint format 9, expected 1: continue it with the version of pinn that wrote it, or start a new run");
    let mut damaged = bytes;
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    assert!(
        message(&damaged).starts_with("`run/checkpoint.safetensors` is damaged: expected checksum")
    );
}

#[test]
fn phases_that_have_not_begun_may_differ() {
    let mut later = identity();
    later.phases[1] = "Lbfgs with another history".into();
    later.phases.push("Adam".into());
    assert_eq!(later.difference(&identity(), 0), None);
    let difference = later.difference(&identity(), 1);
    assert_eq!(
        difference,
        Some(Difference {
            what: "phase 2".to_string(),
            expected: "Lbfgs with another history".to_string(),
            found: "Lbfgs".to_string(),
        })
    );
    let mut less = identity();
    less.entries.clear();
    let difference = less.difference(&identity(), 0).unwrap();
    assert_eq!(difference.expected, "nothing");
}
