package policy

import "time"

// Date is a day, counted so that every year of four digits is positive; zero is
// no date.
type Date int32

// epoch is the Date of 1970-01-01.
const epoch = 1_000_000

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
	days := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400
	return Date(days + epoch)
}

func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return time.Unix((int64(d)-epoch)*86400, 0).UTC().Format(time.DateOnly)
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
