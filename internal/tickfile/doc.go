// Package tickfile is the Parquet of ticks: the files of sealed days. It writes them,
// decodes any of their row groups without the footer, straight into columns. Only its tests
// open files by their footer, as other programs do.
//
// The format is public: docs/formats.md says what other programs may rely on, column.go
// which columns there are, and page.go which bytes they have.
//
// Of this module it imports internal/tick.
package tickfile
