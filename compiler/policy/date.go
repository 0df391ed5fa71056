package policy

import "time"

// Date is a day, in days since 1970-01-01 plus one; zero is no date.
type Date int32

// ParseDate reads YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, err
	}
	return DateOf(t), nil
}

// DateOf is the day of a time, in UTC.
func DateOf(t time.Time) Date {
	t = t.UTC()
	return Date(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix()/86400) + 1
}

func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return time.Unix(int64(d-1)*86400, 0).UTC().Format(time.DateOnly)
}

// Never is later than any end. It is how an end that is not there compares.
const Never Date = 1<<31 - 1

// End is the date as an end: none is Never.
func (d Date) End() Date {
	if d == 0 {
		return Never
	}
	return d
}

// Earlier is the earlier of two ends, where zero is none.
func Earlier(a, b Date) Date {
	if a.End() <= b.End() {
		return a
	}
	return b
}

// Later is the later of two ends, where zero is none.
func Later(a, b Date) Date {
	if a.End() >= b.End() {
		return a
	}
	return b
}
