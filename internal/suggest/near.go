package suggest

import "slices"

// Near returns the names that are much like name, the nearest first, at most n of them.
// What is near is as in Nearest.
func Near(name string, names []string, n int) (near []string) {
	limit := max(2, len(name)/3)
	distances := map[string]int{}
	for _, other := range names {
		if d := distance(name, other); d <= limit {
			distances[other] = d
		}
	}
	for other := range distances {
		near = append(near, other)
	}
	slices.SortFunc(near, func(a, b string) int {
		if d := distances[a] - distances[b]; d != 0 {
			return d
		}
		return slices.Index(names, a) - slices.Index(names, b)
	})
	return near[:min(n, len(near))]
}
