"""
The part of Fly's GraphQL schema that flyctl asks for, with its names and its types.

A ``BigInt`` is a string in JSON: Go reads it as one.
"""

SDL = """
schema { query: Queries mutation: Mutations }

scalar BigInt
scalar ISO8601DateTime
scalar JSON

enum AddOnType { tigris }
enum IPAddressType { private_v6 shared_v4 v4 v6 }
enum OrganizationMemberRole { ADMIN MEMBER }
enum OrganizationType { PERSONAL SHARED }
enum PlatformVersionEnum { detached machines nomad }

type Queries {
  viewer: Principal!
  organization(id: ID, name: String, slug: String): Organization
  organizations(admin: Boolean, type: OrganizationType): OrganizationConnection!
  app(name: String, internalId: String): App
  apps(
    type: String, first: Int, after: String, organizationId: ID, role: String, active: Boolean
  ): AppConnection!
  machine(machineId: String!): Machine
  volume(id: ID!): Volume
  platform: FlyPlatform!
  latestImageDetails(image: String!, flyVersion: String): ImageVersion
  canPerformBluegreenDeployment(name: String!): Boolean!
}

type Mutations {
  createOrganization(input: CreateOrganizationInput!): CreateOrganizationPayload
  deleteOrganization(input: DeleteOrganizationInput!): DeleteOrganizationPayload
  setAllowAllCrossNetworkReplays(
    input: SetAllowAllCrossNetworkReplaysInput!
  ): SetAllowAllCrossNetworkReplaysPayload
  allocateIpAddress(input: AllocateIPAddressInput!): AllocateIPAddressPayload
  releaseIpAddress(input: ReleaseIPAddressInput!): ReleaseIPAddressPayload
  validateWireGuardPeers(input: ValidateWireGuardPeersInput!): ValidateWireGuardPeersPayload
}

input CreateOrganizationInput { clientMutationId: String name: String! appsV2DefaultOn: Boolean }
input DeleteOrganizationInput { clientMutationId: String organizationId: ID! }
input SetAllowAllCrossNetworkReplaysInput {
  clientMutationId: String organizationSlug: String! allow: Boolean!
}
input AllocateIPAddressInput {
  clientMutationId: String appId: ID! type: IPAddressType! organizationId: ID region: String
  network: String serviceName: String
}
input ReleaseIPAddressInput {
  clientMutationId: String appId: ID ipAddressId: ID ip: String serviceName: String
}
input ValidateWireGuardPeersInput { clientMutationId: String peerIps: [String!]! }

type CreateOrganizationPayload { clientMutationId: String organization: Organization! }
type DeleteOrganizationPayload { clientMutationId: String deletedOrganizationId: ID! }
type SetAllowAllCrossNetworkReplaysPayload {
  clientMutationId: String organization: Organization!
}
type AllocateIPAddressPayload { clientMutationId: String app: App! ipAddress: IPAddress }
type ReleaseIPAddressPayload { clientMutationId: String app: App! }
type ValidateWireGuardPeersPayload {
  clientMutationId: String invalidPeerIps: [String!] validPeerIps: [String!]
}

interface Principal { email: String! }
type User implements Principal { id: ID! email: String! name: String enablePaidHobby: Boolean! }
type Macaroon implements Principal { email: String! }

type Organization {
  id: ID!
  internalNumericId: BigInt!
  slug: String!
  rawSlug: String!
  name: String!
  type: OrganizationType!
  paidPlan: Boolean!
  billable: Boolean!
  viewerRole: String!
  allowAllCrossNetworkReplays: Boolean!
  remoteBuilderImage: String!
  remoteBuilderApp: App
  members: OrganizationMembershipsConnection!
  addOns(type: AddOnType): AddOnConnection!
}
type OrganizationConnection { nodes: [Organization!]! }
type OrganizationMembershipsConnection { edges: [OrganizationMembershipsEdge!]! }
type OrganizationMembershipsEdge {
  cursor: String! node: User! joinedAt: ISO8601DateTime! role: OrganizationMemberRole!
}
type AddOn {
  id: ID!
  name: String
  addOnPlan: AddOnPlan
  privateIp: String
  primaryRegion: String
  readRegions: [String!]
  options: JSON
  metadata: JSON
}
type AddOnConnection { nodes: [AddOn!]! }
type AddOnPlan { displayName: String description: String }

type App {
  id: ID!
  internalNumericId: Int!
  name: String!
  hostname: String!
  deployed: Boolean!
  status: String!
  state: String!
  version: Int!
  appUrl: String!
  cnameTarget: String!
  network: String!
  platformVersion: PlatformVersionEnum!
  organization: Organization!
  config: AppConfig
  role: AppRole
  services: [Service!]!
  ipAddresses: IPAddressConnection!
  sharedIpAddress: String!
  egressIpAddresses: EgressIPAddressConnection!
  image(ref: String!): Image
  imageDetails: ImageVersion
  machines: MachineConnection!
  currentRelease: Release
  currentReleaseUnprocessed: Release
  releases(first: Int): ReleaseConnection!
  releasesUnprocessed(first: Int, status: String): ReleaseConnection!
  hostIssues: HostIssueConnection!
}
type HostIssue {
  internalId: ID! message: String! createdAt: ISO8601DateTime! updatedAt: ISO8601DateTime!
}
type HostIssueConnection { nodes: [HostIssue!]! }
type AppConnection { nodes: [App!]! pageInfo: PageInfo! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type AppConfig { definition: JSON }
type AppRole { name: String! }
type Service { description: String! protocol: String! internalPort: Int! ports: [ServicePort!]! }
type ServicePort { port: Int! handlers: [String!]! }

type IPAddress {
  id: ID!
  address: String!
  type: IPAddressType!
  region: String!
  createdAt: ISO8601DateTime!
  network: Network
  serviceName: String!
}
type IPAddressConnection { nodes: [IPAddress!]! }
type Network { name: String! organization: Organization! }
type EgressIPAddress {
  id: ID! ip: String! version: Int! region: String! updatedAt: ISO8601DateTime!
}
type EgressIPAddressConnection { nodes: [EgressIPAddress!]! }

type Image { id: ID! digest: String! ref: String! compressedSizeFull: BigInt! manifest: JSON }
type ImageVersion {
  registry: String! repository: String! tag: String! version: String! digest: String!
}

type Release {
  id: ID!
  version: Int!
  stable: Boolean!
  inProgress: Boolean!
  status: String!
  description: String!
  reason: String!
  evaluationId: String!
  imageRef: String!
  configDefinition: JSON
  user: User
  createdAt: ISO8601DateTime!
}
type ReleaseConnection { nodes: [Release!]! }

type Machine {
  id: ID!
  name: String!
  app: App!
  config: JSON
  state: String!
  region: String!
  createdAt: ISO8601DateTime!
  ips: MachineIPConnection!
  host: Host
}
type MachineConnection { nodes: [Machine!]! }
type MachineIP { family: String! kind: String! ip: String! maskSize: Int! }
type MachineIPConnection { nodes: [MachineIP!]! }
type Host { id: ID! }

type Volume { id: ID! app: App! }

type FlyPlatform { requestRegion: String! regions: [Region!]! }
type Region {
  code: String!
  name: String!
  latitude: Float!
  longitude: Float!
  gatewayAvailable: Boolean!
  requiresPaidPlan: Boolean!
  deprecated: Boolean!
}
"""
