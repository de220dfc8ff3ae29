//! "Did you mean …?"

/// The candidate closest to a misspelt word, if one is close enough to be meant.
pub(super) fn closest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // Long garbage is nobody's misspelling, and the distance takes time quadratic in the length.
    if word.chars().count() > 64 {
        return None;
    }
    // Two single letters have nothing in common.
    let length = word.chars().count();
    let allowed = if length < 2 { 0 } else { (length / 3).max(1) };
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(d, _)| *d <= allowed)
        .min_by_key(|(d, _)| *d)
        .map(|(_, candidate)| candidate)
}

/// "did you mean `x`?" if something is close, otherwise the list of what is known.
pub(super) fn remedy(word: &str, what: &str, candidates: &[&str]) -> String {
    match closest(word, candidates.iter().copied()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None if candidates.is_empty() => format!("there is no {what} here"),
        None => format!("known: {}", list(candidates)),
    }
}

/// `a`, `b`, `c`
pub(super) fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    quoted.join(", ")
}

/// The optimal string alignment distance: edits and swaps of neighbours. Case is ignored.
fn distance(a: &str, b: &str) -> usize {
    strsim::osa_distance(&a.to_lowercase(), &b.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_misspellings_and_nothing_else() {
        let known = ["heat-1d", "heat-2d", "thermo-flow"];
        assert_eq!(closest("heat1d", known), Some("heat-1d"));
        assert_eq!(closest("thermo-folw", known), Some("thermo-flow"));
        assert_eq!(closest("burgers", known), None);
        assert_eq!(closest("u", ["T", "U"]), Some("U"));
        assert_eq!(closest("u", ["T"]), None);
        assert_eq!(closest(&"x".repeat(100_000), known), None);
    }
}
