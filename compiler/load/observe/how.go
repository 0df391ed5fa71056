package observe

// How says how to make the files of a kind: the requests or clicks, which fields they need, and how to read them.
func How(kind string) string { return hows[kind] }

var hows = map[string]string{
	"services-hub": `Services Hub: the users of each workspace, one file a workspace.

1. Open Services Hub, choose the workspace, and open Users.
2. Open the browser's developer tools (F12), Network, and load the page again.
3. Find the request that ends in
     /api/WorkspaceUsers/GetV2?workspaceId=…&orderBy=displayName&desc=false&top=5000
   and save its response as WORKSPACE.json, e.g. emea.json.

permc checks that totalCount users are in the file, and that the portal could read the groups of Entra
(AadGroupsErrorInfo). The file does not name its workspace: its own name does, or --scope CUSTOMER/WORKSPACE.
The CSV of the public tool GetServicesHubUser is read, too; it leaves out addresses of microsoft.com.

  permc drift services-hub emea.json apac.json
  permc import services-hub emea.json --scope contoso -o imported.yaml
`,
	"m365dsc": `Microsoft365DSC: users and groups of Services Hub workspaces.

1. Export the resources SHSpaceUser and SHSpaceGroup:
     Export-M365DSCConfiguration -Components SHSpaceUser, SHSpaceGroup -Path .
2. Give permc the .ps1 file, or make a JSON report of it:
     New-M365DSCReportFromConfiguration -Type JSON -ConfigurationPath M365TenantConfig.ps1 -OutputPath hub.json

Such a file covers workspaces alone, and the roles that the resources know. Values must be plain text: permc does not
run the script.

  permc drift m365dsc hub.json
`,
	"dataverse": `Dynamics 365 (Dataverse): users, teams and business units, from the Web API.

Ask these three, signed in as a system administrator, e.g. in the browser:
  https://ORG.crm.dynamics.com/api/data/v9.2/systemusers?` +
		`$select=systemuserid,fullname,domainname,internalemailaddress,_businessunitid_value,` +
		`isdisabled,applicationid,azureactivedirectoryobjectid` +
		`&$expand=` +
		`systemuserroles_association($select=roleid,name,_businessunitid_value,_roletemplateid_value,isinherited),` +
		`teammembership_association($select=teamid,name,teamtype,isdefault,_businessunitid_value)
  https://ORG.crm.dynamics.com/api/data/v9.2/teams?` +
		`$select=teamid,name,teamtype,isdefault,azureactivedirectoryobjectid,membershiptype,_businessunitid_value` +
		`&$expand=` +
		`teamroles_association($select=roleid,name,_businessunitid_value,_roletemplateid_value,isinherited)
  https://ORG.crm.dynamics.com/api/data/v9.2/businessunits?$select=businessunitid,name,_parentbusinessunitid_value
Save the answers as users.json, teams.json and units.json. If an answer has @odata.nextLink, ask that address, too, and
save the pages as users-1.json, users-2.json and so on.

Without teams, permc compares the roles of users alone. The outermost business unit is the environment, whatever its
name; --scope names the environment if several are declared. Members of teams of Entra groups are not compared: they
become members when they sign in.

  permc drift dataverse users.json teams.json units.json
`,
	"dataverse-roles": `Dynamics 365 (Dataverse): security roles, as roles of the project's catalog.

They are in unpacked solutions (Roles/*.xml) or in customizations.xml:
  pac solution export --name SOLUTION --path solution.zip
  pac solution unpack --zipfile solution.zip --folder solution

  permc import dataverse-roles solution/Roles/*.xml -o roles.yaml
  permc import dataverse-roles solution/Other/Customizations.xml
`,
	"entra": `Microsoft Entra: users, and members of groups.

Members: in the Entra admin center, open the group, Members, Bulk operations, Download members. The file does not name
its group: call it GROUP-members.csv, or say --group. GROUP.csv will do if no column says whether accounts are enabled.
Members of groups in it are not listed.
Users: Users, All users, Bulk operations, Download users. In the Microsoft 365 admin center: Active users, Export users.
Or ask Microsoft Graph, e.g. in Graph Explorer, and save the answer:
  https://graph.microsoft.com/v1.0/groups/ID/members?` +
		`$select=id,displayName,userPrincipalName,mail,accountEnabled,userType&$top=999
  https://graph.microsoft.com/v1.0/users?` +
		`$select=id,displayName,userPrincipalName,mail,otherMails,accountEnabled,userType,assignedLicenses&$top=999
If an answer has @odata.nextLink, ask that address, too, and save the pages as GROUP-1.json, GROUP-2.json and so on.
With $count=true and the header ConsistencyLevel: eventual, permc can check the number.

Ask with GroupMember.Read.All and User.Read.All: otherwise Graph hides members, and permc ends with 3.

  permc drift entra support-members.csv users.csv
`,
	"scim": `SCIM 2.0: users with their roles and entitlements, and groups with their members.

  GET /scim/v2/Users?startIndex=1&count=200
  GET /scim/v2/Groups?startIndex=1&count=200
Save the answers as users-1.json and groups-1.json, and go on with startIndex=201 until totalResults is reached.

  permc drift scim users-1.json users-2.json groups-1.json
`,
	"table": `Any table: CSV, TSV or .xlsx, e.g. of Call Manager (Portal Users) or of Google Workspace.

permc knows headings such as Email, Role and Tenant. A map file names others, and what names mean:
  columns: {user: "E-Mail", role: "Portal role", scope: "Tenant", name: "Name", state: "Status"}
  separator: ","                                  # between several roles in a cell
  roles: {"Portal Owner": owner, "*Reader": reader}
  scopes: {"Acme Ltd": acme}
  users: {"ana@old.example": ana@acme.example}
  covers: {except: [partner.example]}             # people of whom the table says nothing
  ignore:
    - {user: "svc-*", reason: "Accounts of the system", expires: 2027-06-30}
A column of scopes may be several: scope: [Customer, Workspace]. Other columns: mail, alias, id, permission, actions,
group. A table without a column of scopes is about the only tenant, or about --scope. Partners who reach a tenant by
Access Service are in no list: name them under covers or ignore.

  permc drift table users.xlsx --map call-manager.map.yaml
`,
}
