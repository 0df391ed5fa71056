package xlsx

// planSheets returns the workbook's sheets, in order.
func planSheets(in *job, f *facts) []*sheet {
	var sheets []*sheet
	if f.survey != nil {
		sheets = append(sheets, itemsSheet(in, f))
	}
	sheets = append(sheets, accessSheet(in, f))
	sheets = append(sheets, matrixSheets(in, f)...)
	sheets = append(sheets, rolesSheet(in, f), findingsSheet(in, f), endsSheet(in, f))
	if s := couldSheet(f); s != nil {
		sheets = append(sheets, s)
	}
	sheets = append(sheets, sourcesSheet(in, f), legendSheet(in))
	if len(in.Policy.External) > 0 {
		sheets = append(sheets, namesSheet(in))
	}
	all := append([]*sheet{overviewSheet(in, f, sheets)}, sheets...)
	uniqueNames(all)
	return all
}
