"""What goes into the server and comes out of it. Written by sync_server/client_code.py: don't edit."""
# ruff: noqa: RUF012

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from engine.cloud.api.call import Said


class AccountDeletion(Said):
    password: str | None = None


class Address(Said):
    expires_at: str
    url: str


class ApiKeyChange(Said):
    """
    What isn't named stays. Scopes can only be given when a key is made.
    """

    name: str


class ApiKeyItem(Said):
    beginning: str
    created_at: str
    expires_at: str | None
    former_until: str | None
    id: str
    last_address: str
    last_used_at: str | None
    name: str
    rotated_at: str | None
    scopes: list[str]


class ApiKeyPage(Said):
    items: list[ApiKeyItem]
    next: str | None


class ApiKeySecret(Said):
    beginning: str
    created_at: str
    expires_at: str | None
    former_until: str | None
    id: str
    last_address: str
    last_used_at: str | None
    name: str
    rotated_at: str | None
    scopes: list[str]
    secret: str


class AuditItem(Said):
    action: str
    address: str
    api_key_id: str | None
    created_at: str
    details: dict[str, Any]
    device_id: str | None
    id: str
    target: str
    user_id: str | None
    user_name: str


class AuditPage(Said):
    items: list[AuditItem]
    next: str | None


class BrowserAddress(Said):
    """
    Where the studio opens the browser.
    """

    url: str


class Confirmation(Said):
    token: str


class Confirmed(Said):
    email: str


class DeviceItem(Said):
    address: str
    created_at: str
    id: str
    is_this: bool
    name: str
    seen_at: str


class Devices(Said):
    items: list[DeviceItem]


class EmailChange(Said):
    email: str
    password: str | None = None


class EmailOnly(Said):
    email: str


class Enrolment(Said):
    """
    For the authenticator app; told this once.
    """

    secret: str
    uri: str


class Exchange(Said):
    code: str
    code_verifier: str
    device_name: str = ""
    second_factor: str | None = None


class FileToPublish(Said):
    blob: str
    """
    BLAKE3 of the bytes, in lower case hexadecimal.
    """
    name: str | None = None
    """
    What the file is called when it is saved; its ending is ours.
    """
    role: str


class FirstCode(Said):
    code: str


class Hashes(Said):
    hashes: list[str]


class Heir(Said):
    user_id: str
    """
    The member who becomes an owner.
    """


class HistoryItem(Said):
    """
    What one person did in a row.
    """

    author_id: str | None
    author_name: str
    began_at: str
    ended_at: str
    first_number: int
    number: int
    operations: int
    returned_by: str | None


class HistoryPage(Said):
    items: list[HistoryItem]
    next: int | None


class IdentityItem(Said):
    created_at: str
    email: str
    id: str
    provider: str
    title: str


class IdentityList(Said):
    items: list[IdentityItem]


class KindChange(Said):
    app: bool | None = None
    kind: str
    """
    Values are stored: add, never rename.
    """
    mail: bool | None = None


class KindPreference(Said):
    app: bool
    kind: str
    """
    Values are stored: add, never rename.
    """
    mail: bool
    title: str


class LinkExchange(Said):
    code: str
    code_verifier: str


class LinkStart(Said):
    code_challenge: str
    """
    BASE64URL(SHA256(verifier)).
    """
    password: str | None = None
    redirect_uri: str
    state: str


class Login(Said):
    code: str | None = None
    device_name: str = ""
    email: str
    password: str


class MarkAllRead(Said):
    up_to: str | None = None


class MarkRead(Said):
    ids: list[str]


class Me(Said):
    """
    One's own account.
    """

    created_at: str
    email: str
    has_password: bool
    id: str
    is_admin: bool
    name: str
    workspace_id: str


class Message(Said):
    """
    A sentence for the user.
    """

    message: str


class MissingBlobs(Said):
    missing: list[str]


class NewAddress(Said):
    """
    For how long, and under which name a browser saves the file.
    """

    lifetime_s: int = 900


class NewApiKey(Said):
    expires_in_days: int | None = 365
    name: str
    scopes: list[str]


class NewAsset(Said):
    """
    An asset of a file that the workspace has. Its size and duration are the file's own; yours fill the gaps.
    """

    blob: str
    """
    BLAKE3 of the bytes, in lower case hexadecimal.
    """
    duration_s: float | None = None
    height: int | None = None
    """
    Pixels.
    """
    name: str
    project_id: str | None = None
    thumbnail: str | None = None
    type: str
    width: int | None = None
    """
    Pixels.
    """
    workspace_id: str


class NewPreset(Said):
    category: str
    config: dict[str, Any]
    description: str = ""
    home: str = "own"
    """
    Where a preset belongs.
    """
    name: str
    workspace_id: str | None = None


class NewProject(Said):
    """
    The id is the project's id in the library, so that all copies of it find one another.
    """

    id: str
    name: str
    workspace_id: str


class NewUpload(Said):
    """
    A file that someone wants to send.
    """

    hash: str
    """
    BLAKE3 of the bytes, in lower case hexadecimal.
    """
    media_type: str | None = None
    """
    Not believed: the server looks.
    """
    size: int
    """
    Bytes.
    """


class NewWorkspace(Said):
    name: str


class NotificationItem(Said):
    actor_id: str | None
    created_at: str
    id: str
    kind: str
    project_id: str | None
    read_at: str | None
    sentence: str
    target: str
    workspace_id: str | None


class NotificationPage(Said):
    items: list[NotificationItem]
    next: str | None


class PartAddress(Said):
    number: int
    url: str


class PartAddresses(Said):
    """
    Where to PUT parts; empty when this server's storage takes them only through the server.
    """

    items: list[PartAddress]


class PartNumbers(Said):
    numbers: list[int]


class PartReceived(Said):
    hash: str
    number: int
    size: int


class PasswordChange(Said):
    new_password: str
    old_password: str | None = None


class PasswordReset(Said):
    password: str
    token: str


class Preferences(Said):
    digest: str
    """
    When mail about notifications goes out; always several in one.
    """
    kinds: list[KindPreference]


class PreferencesChange(Said):
    digest: str | None = None
    kinds: list[KindChange] = Field([], validate_default=True)


class PresetChange(Said):
    """
    What isn't named stays.
    """

    category: str | None = None
    config: dict[str, Any] | None = None
    description: str | None = None
    name: str | None = None


class PresetItem(Said):
    category: str
    config: dict[str, Any]
    created_at: str
    created_by: str | None
    description: str
    home: str
    """
    Where a preset belongs.
    """
    id: str
    name: str
    updated_at: str
    workspace_id: str | None


class PresetPage(Said):
    items: list[PresetItem]
    next: str | None


class ProfileChange(Said):
    name: str


class ProjectChange(Said):
    """
    What is given is changed.
    """

    name: str | None = None
    trashed: bool | None = None


class Proof(Said):
    password: str | None = None


class ProofWithCode(Said):
    code: str
    password: str | None = None


class ProviderItem(Said):
    id: str
    title: str


class ProviderList(Said):
    items: list[ProviderItem]


class PublicationChange(Said):
    """
    What isn't named stays as it is. The files never change: publish anew for that.
    """

    description: str | None = None
    title: str | None = None


class PublishedFileItem(Said):
    """
    A file at a permanent address; sizes in pixels and bytes.
    """

    duration_s: float | None
    height: int | None
    media_type: str
    name: str
    role: str
    size: int
    url: str
    width: int | None


class RecoveryCodes(Said):
    """
    Told this once: keep them where you find them without your phone.
    """

    codes: list[str]


class Refresh(Said):
    refresh_token: str


class RefusedFact(Said):
    code: str
    id: str
    sentence: str


class Registration(Said):
    email: str
    name: str = ""
    password: str


class RoleGiven(Said):
    role: str


class Rotation(Said):
    grace_s: int = 86400


class SecondFactorStatus(Said):
    confirmed_at: str | None
    enabled: bool
    recovery_codes_left: int


class SignedIn(Said):
    access_token: str
    expires_in: int
    refresh_token: str
    token_type: str = "Bearer"
    user: Me


class Tokens(Said):
    access_token: str
    expires_in: int
    refresh_token: str
    token_type: str = "Bearer"


class Unread(Said):
    unread: int


class Update(Said):
    """
    An entry of a document's log.
    """

    author_id: str | None
    author_name: str = ""
    created_at: str
    data: str
    device_id: str | None = None
    merged_from: int | None = None
    number: int
    returned_by: str | None = None
    snapshot: bool = False


class UploadItem(Said):
    """
    `here`: the workspace has this file, nothing is to be sent. `wanted`: send the parts that aren't received.
    """

    direct: bool = False
    """
    Parts may also go straight to the storage; ask for addresses.
    """
    expires_at: str | None = None
    hash: str
    part_bytes: int | None = None
    """
    Bytes of every part but the last, which is the rest.
    """
    parts: int | None = None
    received: list[int] = []
    """
    Numbers of the parts that are here, from 1.
    """
    size: int
    state: str
    upload_id: str | None = None


class WorkspaceItem(Said):
    created_at: str
    id: str
    members: int
    name: str
    personal: bool
    quota_bytes: int
    role: str
    trashed_at: str | None
    used_bytes: int


class WorkspaceName(Said):
    name: str


class WorkspacePage(Said):
    items: list[WorkspaceItem]
    next: str | None


class AssetChange(Said):
    """
    What isn't named stays as it is.
    """

    name: str | None = None
    project_id: str | None = None
    thumbnail: str | None = None
    type: str | None = None


class AssetItem(Said):
    """
    An asset. Sizes in pixels and bytes, the duration in seconds.
    """

    blob: str
    created_at: str
    created_by: str | None
    duration_s: float | None
    height: int | None
    id: str
    media_type: str
    name: str
    project_id: str | None
    size: int
    thumbnail: str | None
    type: str
    updated_at: str
    width: int | None
    workspace_id: str


class AssetPage(Said):
    items: list[AssetItem]
    next: str | None = None


class BlobItem(Said):
    """
    A file of a workspace. Sizes in pixels and bytes, durations in seconds.
    """

    created_at: str
    duration_s: float | None = None
    frames: int | None = None
    hash: str
    height: int | None = None
    media_type: str
    scan: str
    """
    What is known about a blob's harmlessness.
    """
    size: int
    width: int | None = None


class CommentItem(Said):
    author_id: str | None
    author_name: str
    deleted: bool
    edited: bool
    id: str
    made_at: int
    number: int
    on: dict[str, Any]
    reply_to: str | None
    text: str


class CommentPage(Said):
    items: list[CommentItem]
    next: int | None


class DocumentVersion(Said):
    """
    A document as it was. Restoring it is a new edit, which a replica makes.
    """

    number: int
    snapshot: str | None = None
    """
    The document with its history up to here, base64.
    """
    value: dict[str, Any] | None = None
    version: dict[str, int]
    """
    The peer as a decimal number, and how many of its operations.
    """


class Fact(Said):
    """
    Something that happened in a project, inserted once and never changed.

    Kinds: `generation` (an artifact and its recipe), `removal` (trash or restore of one), `label` (a later stamp
    stands), `comment`, `comment_change`. `body` is the client's, everything else the server's but `id`, `kind` and
    `made_at`.
    """

    author_id: str | None = None
    author_name: str = ""
    body: dict[str, Any]
    id: str
    kind: str
    made_at: int
    """
    Milliseconds since 1970 by the maker's clock.
    """
    number: int | None = None
    returned_by: str | None = None


class InvitationItem(Said):
    created_at: str
    email: str
    expired: bool
    expires_at: str
    id: str
    invited_by: str
    role: str
    state: str
    workspace_id: str
    workspace_name: str


class InvitationPage(Said):
    items: list[InvitationItem]
    next: str | None


class MemberItem(Said):
    email: str
    id: str
    joined_at: str
    name: str
    role: str
    user_id: str


class MemberPage(Said):
    items: list[MemberItem]
    next: str | None


class NewInvitation(Said):
    email: str
    role: str = "MEMBER"


class NewPublication(Said):
    """
    A page of an asset, or of files that the workspace has; the first PREVIEW is what the page shows.
    """

    asset_id: str | None = None
    description: str = ""
    files: list[FileToPublish] | None = None
    kind: str = "MASCOT"
    project_id: str | None = None
    title: str
    workspace_id: str


class ProjectItem(Said):
    created_at: str
    created_by: str | None
    document_bytes: int
    epoch: str
    id: str
    last_fact: int
    last_update: int
    name: str
    role: str
    trashed_at: str | None
    updated_at: str
    workspace_id: str


class ProjectPage(Said):
    items: list[ProjectItem]
    next: str | None


class PublicationItem(Said):
    asset_id: str | None
    created_at: str
    created_by: str | None
    description: str
    embed: str
    """
    HTML that shows it on another site.
    """
    ended_at: str | None
    files: list[PublishedFileItem]
    id: str
    kind: str
    project_id: str | None
    title: str
    url: str
    """
    The public page.
    """
    views: int
    workspace_id: str


class PublicationPage(Said):
    items: list[PublicationItem]
    next: str | None = None


class Pull(Said):
    """
    The answer to "what came after number n?".
    """

    epoch: str
    facts: list[Fact] = Field([], validate_default=True)
    last_fact: int
    last_update: int
    updates: list[Update] = Field([], validate_default=True)
    version: dict[str, int] | None = None


class Push(Said):
    """
    What a replica adds. With another epoch than the project's nothing is taken: pull first.
    """

    epoch: str
    facts: list[Fact] = Field([], validate_default=True)
    returning: bool = False
    update: str | None = None


class Pushed(Said):
    """
    Durable when it is said. A fact that can't be taken is named; the others are taken all the same.
    """

    epoch: str
    last_fact: int
    last_update: int
    refused: list[RefusedFact] = Field([], validate_default=True)
    update_number: int | None = None


class Settings(Said):
    """
    All settings, with the defaults for what was never chosen.
    """

    model_config = ConfigDict(
        extra="allow",
    )
    __annotations__ = {
        "__pydantic_extra__": dict[str, Any],
    }
    default_workspace_id: str | None = None
    language: str = "en"
    studio: dict[str, Any] = {}
    theme: str = "system"
    time_zone: str = "UTC"


class SettingsChange(Said):
    """
    A JSON merge patch (RFC 7396): a field that isn't named stays, null puts it back to its default. The names within
    `studio` are merged the same way.
    """

    model_config = ConfigDict(
        extra="allow",
    )
    __annotations__ = {
        "__pydantic_extra__": dict[str, Any],
    }
    default_workspace_id: str | None = None
    language: str | None = None
    studio: dict[str, Any] | None = None
    theme: str | None = None
    time_zone: str | None = None
