package statement

// mostShort is how many dates with a year of two digits are remembered.
const mostShort = 400

// noteShort remembers a date of figures whose year may be the first of its parts.
func (d *Days) noteShort(s string) {
	parts := dayParts(s)
	short := len(parts) == 3 && len(parts[0]) == 2 && len(parts[2]) == 2 && isNumber(parts[0]) && isNumber(parts[1]) && isNumber(parts[2])
	if d.long = d.long || !short; short && len(d.short) < mostShort {
		d.short = append(d.short, s)
	}
}

// shortOrder looks at dates such as 24-03-17, which most orders can read: the year
// comes first where the days lie within the span of a file that way alone. Where
// they lie much closer together that way, nothing decides.
func (d *Days) shortOrder(order DateOrder, ok bool) (DateOrder, bool) {
	if d.long || len(d.short) < 2 || order == YearMonthDay {
		return order, ok
	}
	first, valid := daysApart(d.short, YearMonthDay)
	if !valid || first > mostDays {
		return order, ok
	}
	least := -1
	for _, o := range []DateOrder{DayMonthYear, MonthDayYear} {
		if days, valid := daysApart(d.short, o); valid && (order == AnyOrder || order == o) && (least < 0 || days < least) {
			least = days
		}
	}
	switch {
	case least < 0 || least > mostDays:
		return YearMonthDay, true
	case first*closer < least:
		d.Doubtful = Clip(d.short[0], 40)
		return AnyOrder, false
	}
	return order, ok
}

// closer is how much closer together days must lie for an order to be likelier.
const closer = 10

// daysApart is how many days lie between the first and the last of dates; not valid
// where one of them is no day in that order.
func daysApart(dates []string, order DateOrder) (days int, valid bool) {
	list, all := daysOf(dates, order)
	if !all {
		return 0, false
	}
	first, last := list[0], list[0]
	for _, day := range list {
		if day.Before(first) {
			first = day
		}
		if last.Before(day) {
			last = day
		}
	}
	return last.DaysSince(first), true
}

// Depends reports whether the order of a date's parts matters in a file: another
// date written as some of these may be read in two ways.
func (d *Days) Depends() bool { return d.ruledOut != nil }

// MayBeYearFirst reports whether all dates have a year of two digits that may be
// the first of their parts.
func (d *Days) MayBeYearFirst() bool {
	if d.long || len(d.short) == 0 {
		return false
	}
	_, valid := daysApart(d.short, YearMonthDay)
	return valid
}
