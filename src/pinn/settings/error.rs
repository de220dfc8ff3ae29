//! Errors of settings.

/// Reasons why settings are rejected.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SettingsError {
    /// A list does not have one entry per condition.
    #[error("{what}: expected one number per condition ({expected}), found {found}")]
    Count {
        /// Name of the setting.
        what: &'static str,
        /// Number of conditions.
        expected: usize,
        /// Number of entries.
        found: usize,
    },
    /// A value is outside its range.
    #[error("{what} is {found}; expected {expected}")]
    Value {
        /// Name of the setting.
        what: String,
        /// Expected value.
        expected: &'static str,
        /// Value found.
        found: f64,
    },
    /// A phase adjusts learning rates of layers to norms that the network does not have.
    #[error(
        "phase {phase} sets learning rates by norms, but the network has no layer with plain weights in front of a norm; \
         add a norm in place `pre` or `peri`, or remove `layer_rates`"
    )]
    NoNormedLayer {
        /// Number of the phase, from 1.
        phase: usize,
    },
    /// Two settings weight points.
    #[error(
        "the residual norm `layer-norm` and the point weights `{method}` both weight points; choose one of them"
    )]
    TwoPointWeights {
        /// Name of the point weights.
        method: &'static str,
    },
    /// Weights that depend on the history of points are combined with resampling.
    #[error(
        "the point weights `{method}` depend on the history of each point, and resampled points have none; remove \
         `{key}`, or choose `causal`"
    )]
    Forgetful {
        /// Name of the point weights.
        method: &'static str,
        /// Key that resamples points.
        key: &'static str,
    },
    /// Two settings replace points.
    #[error("`resample_every` and `adaptive` both replace points; choose one of them")]
    TwoResamplings,
    /// A family has adaptive points.
    #[error(
        "adaptive points are not available for a family, which has equally many points at each parameter value; remove \
         `adaptive`"
    )]
    AdaptiveFamily,
    /// A family has measurements or unknowns.
    #[error(
        "a family of problems cannot have measurements or unknowns; give each ranged parameter one value, or remove data \
         and unknowns"
    )]
    InverseFamily,
    /// Measurements are combined with other weights.
    #[error(
        "measurements determine the weights of all residuals by their noise; remove `residual_norm` and point weights \
         other than `causal`"
    )]
    WeighedMeasurements,
    /// Causal weights need a time coordinate.
    #[error(
        "the point weights `causal` need a time coordinate, and the problem has none; choose `attention`"
    )]
    NoTime,
    /// The region is too small for the requested number of points.
    #[error(
        "{wanted} points were requested {set}, but only {found} were found: the region is too small a part of the \
         domain's box; use a tighter box, or request fewer points"
    )]
    FewPoints {
        /// `inside`, or the condition that the points are for.
        set: String,
        /// Requested number of points.
        wanted: usize,
        /// Number of points found.
        found: usize,
    },
}
