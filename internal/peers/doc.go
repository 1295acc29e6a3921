// Package peers runs the programs of others that tests and benchmarks compare with: DuckDB,
// by scripts/duckdb.sh, and pandas, from the Debian package python3-pandas.
//
// It imports nothing of this module.
package peers
