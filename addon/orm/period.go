package orm

import (
	"fmt"
	"strings"
	"time"
)

// periodEnd is where the next period begins.
func periodEnd(from time.Time, granularity string) time.Time {
	switch granularity {
	case "hour":
		return from.Add(time.Hour)
	case "week", "week_sunday":
		return from.AddDate(0, 0, 7)
	case "month":
		return from.AddDate(0, 1, 0)
	case "quarter":
		return from.AddDate(0, 3, 0)
	case "year":
		return from.AddDate(1, 0, 0)
	}
	return from.AddDate(0, 0, 1)
}

// periodLabel names a period as Odoo does: "February 2025", "W9 2025", "Q1 2025".
func periodLabel(from time.Time, granularity, lang string) string {
	month := monthNames(lang)[from.Month()-1]
	switch granularity {
	case "hour":
		return fmt.Sprintf("%02d:00 %02d %s", from.Hour(), from.Day(), month[:3])
	case "day":
		return fmt.Sprintf("%02d %s %d", from.Day(), month[:3], from.Year())
	case "week", "week_sunday":
		year, week := weekOf(from, granularity == "week_sunday")
		return fmt.Sprintf("W%d %d", week, year)
	case "quarter":
		letter := "Q"
		if strings.HasPrefix(lang, "nl") {
			letter = "K"
		}
		return fmt.Sprintf("%s%d %d", letter, (int(from.Month())+2)/3, from.Year())
	case "year":
		return fmt.Sprint(from.Year())
	}
	return fmt.Sprintf("%s %d", month, from.Year())
}

// startsOnSunday reports whether weeks begin on Sunday where lang is spoken;
// elsewhere they begin on Monday and are numbered as ISO 8601 does.
func startsOnSunday(lang string) bool { return lang != "nl_NL" }

// weekOf numbers the week that begins at from. Where weeks begin on Sunday,
// week 1 is the one with 1 January.
func weekOf(from time.Time, sunday bool) (year, week int) {
	if !sunday {
		return from.ISOWeek()
	}
	last := from.AddDate(0, 0, 6)
	year = last.Year()
	january := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	first := january.AddDate(0, 0, -int(january.Weekday()))
	days := int(from.Sub(first).Hours()/24 + 0.5)
	return year, days/7 + 1
}

func monthNames(lang string) [12]string {
	if strings.HasPrefix(lang, "nl") {
		return [12]string{"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
			"november", "december"}
	}
	return [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
		"November", "December"}
}
