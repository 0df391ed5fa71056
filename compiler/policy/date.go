package policy

import "time"

// Date is a day, numbered so that every year of four digits is positive. Zero is no date.
type Date int32

// epoch is the Date of 1970-01-01.
const epoch = 1_000_000

// ParseDate parses YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	if d, ok := parsePlain(s); ok {
		return d, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, err
	}
	return DateOf(t), nil
}

// parsePlain parses a date up to the 28th, a day that every month has. The library parses the others.
func parsePlain(s string) (Date, bool) {
	const layout = "0000-00-00"
	if len(s) != len(layout) {
		return 0, false
	}
	for i := range len(layout) {
		if dash := layout[i] == '-'; dash && s[i] != '-' || !dash && (s[i] < '0' || s[i] > '9') {
			return 0, false
		}
	}
	digit := func(i int) int { return int(s[i] - '0') }
	year, month, day := digit(0)*1000+digit(1)*100+digit(2)*10+digit(3), digit(5)*10+digit(6), digit(8)*10+digit(9)
	if month < 1 || month > 12 || day < 1 || day > 28 {
		return 0, false
	}
	// Years that begin in March have the leap day at their end.
	if month -= 3; month < 0 {
		month += 12
		year--
	}
	const years400 = 400*365 + 97
	year += 400 // the first such year would be negative
	days := year*365 + year/4 - year/100 + year/400 + (153*month+2)/5 + day - 1
	return Date(days - years400 - 719468 + epoch), true
}

// DateOf returns the day of a time, in UTC.
func DateOf(t time.Time) Date {
	t = t.UTC()
	days := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400
	return Date(days + epoch)
}

func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return string(d.Append(nil))
}

// Append appends the date as YYYY-MM-DD.
func (d Date) Append(b []byte) []byte {
	// The inverse of parsePlain: years begin in March, and 400 of them always have as many days.
	days := int(d) - epoch + 719468
	if days < 366 || days > 9999*365+2425 {
		return d.Start().AppendFormat(b, time.DateOnly) // not certainly a year of four digits
	}
	const years400 = 400*365 + 97
	year := days / years400 * 400
	days %= years400
	n := (days - days/1460 + days/36524 - days/(years400-1)) / 365
	year, days = year+n, days-(n*365+n/4-n/100)
	month := (5*days + 2) / 153
	day := days - (153*month+2)/5 + 1
	if month += 3; month > 12 {
		month, year = month-12, year+1
	}
	digit := func(n int) byte { return byte('0' + n%10) }
	return append(b, digit(year/1000), digit(year/100), digit(year/10), digit(year), '-',
		digit(month/10), digit(month), '-', digit(day/10), digit(day))
}

// Start returns the moment at which the day begins, in UTC.
func (d Date) Start() time.Time { return time.Unix((int64(d)-epoch)*86400, 0).UTC() }

// Never is later than every date. A missing expiry compares like it.
const Never Date = 1<<31 - 1

// End returns the date as an expiry: none is Never.
func (d Date) End() Date {
	if d == 0 {
		return Never
	}
	return d
}

// Earlier returns the earlier of two expiries, where zero is none.
func Earlier(a, b Date) Date {
	if a.End() <= b.End() {
		return a
	}
	return b
}

// Later returns the later of two expiries, where zero is none.
func Later(a, b Date) Date {
	if a.End() >= b.End() {
		return a
	}
	return b
}
