//! The program as people run it.

mod cli {
    mod bad_input;
    mod commands;
    mod device;
    mod families;
    mod inverse;
    mod search;
    mod solve;
    mod study;
    mod support;
}
