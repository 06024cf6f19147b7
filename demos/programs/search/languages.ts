// What the search of this demo searches in.
export const LANGUAGES: readonly string[] =
  'Ada APL AWK Bash Basic C C# C++ Clojure Cobol CoffeeScript Crystal D Dart Eiffel Elixir Elm Erlang F# Forth Fortran Go Groovy Haskell Icon Idris Java JavaScript Julia Kotlin Lisp Lua Modula Nim Oberon Objective-C OCaml Pascal Perl PHP Prolog Python R Racket Raku Rexx Ruby Rust Scala Scheme Scratch Simula Smalltalk SQL Swift Tcl TypeScript Verilog VHDL Zig'.split(
    ' ',
  );
