module microts

go 1.26.0

require (
	github.com/linxGnu/grocksdb v1.7.14
	golang.org/x/sys v0.50.0
)
