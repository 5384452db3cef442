package sdk

import "slices"

// OldestFirst sorts transactions by day. Those of one day stay as they are, or,
// in a list that begins with the newest, are turned round with it.
func OldestFirst(list []Transaction) {
	if len(list) > 1 && list[0].Date.After(list[len(list)-1].Date) {
		slices.Reverse(list)
	}
	slices.SortStableFunc(list, func(a, b Transaction) int { return a.Date.Compare(b.Date) })
}
