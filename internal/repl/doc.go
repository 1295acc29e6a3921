// Package repl is the console in which one explores ticks: it reads chunks of
// Lua and dot commands, runs them, and shows what they return.
//
// On a terminal it edits lines (editor.go), completes (complete.go), highlights
// (highlight.go) and keeps a history; on a pipe it reads plain lines (plain.go).
// The commands are a table (dot.go), values are shown by show.go and plot.go.
//
// It may import host, compat, luabind and store.
package repl
