//! `bind-wasm <compiled.wasm> <directory>` writes `index_bg.wasm` and the `index.js` that loads it.
//! The settings are those with which `worker-build` 0.8.7 calls `wasm-bindgen`.

use std::{env, process::ExitCode};

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [compiled, directory] = arguments.as_slice() else {
        eprintln!("usage: bind-wasm <compiled.wasm> <directory>");
        return ExitCode::from(2);
    };
    // The library hands over an error of `anyhow`, whose alternate form names every cause.
    match bind(compiled, directory) {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("{compiled}: {cause}");
            ExitCode::FAILURE
        }
    }
}

fn bind(compiled: &str, directory: &str) -> Result<(), String> {
    let mut bindgen = Bindgen::new();
    bindgen.module(true).map_err(|error| format!("{error:#}"))?;
    bindgen
        .input_path(compiled)
        .out_name("index")
        .typescript(false)
        // Functions' names are a tenth of what is sent.
        .remove_name_section(true)
        // After a panic the module is made anew, as the shim asks for.
        .reset_state_function(true)
        .force_enable_abort_handler(true)
        .generate(directory)
        .map_err(|error| format!("{error:#}"))
}
