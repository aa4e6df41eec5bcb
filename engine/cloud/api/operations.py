"""Every operation of the server, and where it is asked. Written by sync_server/client_code.py: don't edit."""
# ruff: noqa: E501

from __future__ import annotations

from engine.cloud.api import models
from engine.cloud.api.call import Call, given, place


def accept_invitation(invitation_id: str | int) -> Call[models.WorkspaceItem]:
    """Join the workspace."""
    return Call(
        "POST", place("/invitations/{invitation_id}/accept", invitation_id=invitation_id), answer=models.WorkspaceItem
    )


def begin_upload(workspace_id: str | int, body: models.NewUpload) -> Call[models.UploadItem]:
    """Ask to send a file: it may be here already, or partly."""
    return Call(
        "POST",
        place("/workspaces/{workspace_id}/uploads", workspace_id=workspace_id),
        body=body,
        answer=models.UploadItem,
    )


def change_asset(asset_id: str | int, body: models.AssetChange) -> Call[models.AssetItem]:
    """Rename an asset, or give it another type, thumbnail or project."""
    return Call("PATCH", place("/assets/{asset_id}", asset_id=asset_id), body=body, answer=models.AssetItem)


def change_email(body: models.EmailChange) -> Call[models.Message]:
    """Ask for another address: it counts once the mail that is sent there is confirmed (`verify-email`)."""
    return Call("POST", place("/auth/change-email"), body=body, answer=models.Message)


def change_member_role(workspace_id: str | int, user_id: str | int, body: models.RoleGiven) -> Call[models.MemberItem]:
    """Give a member another role, below your own unless you are an owner."""
    return Call(
        "PATCH",
        place("/workspaces/{workspace_id}/members/{user_id}", workspace_id=workspace_id, user_id=user_id),
        body=body,
        answer=models.MemberItem,
    )


def change_notification_preferences(body: models.PreferencesChange) -> Call[models.Preferences]:
    """Choose how to be told; what isn't named stays."""
    return Call("PATCH", place("/notifications/preferences"), body=body, answer=models.Preferences)


def change_password(body: models.PasswordChange) -> Call[None]:
    """Choose another password. All other devices are signed out."""
    return Call("POST", place("/auth/change-password"), body=body)


def change_preset(preset_id: str | int, body: models.PresetChange) -> Call[models.PresetItem]:
    """Change a preset; what isn't named stays."""
    return Call("PATCH", place("/presets/{preset_id}", preset_id=preset_id), body=body, answer=models.PresetItem)


def change_project(project_id: str | int, body: models.ProjectChange) -> Call[models.ProjectItem]:
    """Rename it, put it into the trash or take it out."""
    return Call("PATCH", place("/projects/{project_id}", project_id=project_id), body=body, answer=models.ProjectItem)


def change_publication(publication_id: str | int, body: models.PublicationChange) -> Call[models.PublicationItem]:
    """Give a page another title or description."""
    return Call(
        "PATCH",
        place("/publications/{publication_id}", publication_id=publication_id),
        body=body,
        answer=models.PublicationItem,
    )


def change_settings(body: models.SettingsChange) -> Call[models.Settings]:
    """Change some settings; null puts one back to its default."""
    return Call("PATCH", place("/settings"), body=body, answer=models.Settings)


def complete_upload(upload_id: str | int) -> Call[models.BlobItem]:
    """All parts are sent: check the whole and keep it."""
    return Call("POST", place("/uploads/{upload_id}/complete", upload_id=upload_id), answer=models.BlobItem)


def confirm_second_factor(body: models.FirstCode) -> Call[models.RecoveryCodes]:
    """Switch it on by a first code; the answer holds the recovery codes."""
    return Call("POST", place("/auth/second-factor/confirm"), body=body, answer=models.RecoveryCodes)


def count_unread_notifications() -> Call[models.Unread]:
    """How many aren't read."""
    return Call("GET", place("/notifications/unread"), answer=models.Unread)


def create_api_key(body: models.NewApiKey) -> Call[models.ApiKeySecret]:
    """Make a key; its secret is told this once."""
    return Call("POST", place("/auth/api-keys"), body=body, answer=models.ApiKeySecret)


def create_asset(body: models.NewAsset) -> Call[models.AssetItem]:
    """Make an asset of a file that was uploaded; of an SVG drawing, what is harmless."""
    return Call("POST", place("/assets"), body=body, answer=models.AssetItem)


def create_invitation(workspace_id: str | int, body: models.NewInvitation) -> Call[models.InvitationItem]:
    """Invite someone by mail, to a role below your own unless you are an owner."""
    return Call(
        "POST",
        place("/workspaces/{workspace_id}/invitations", workspace_id=workspace_id),
        body=body,
        answer=models.InvitationItem,
    )


def create_preset(body: models.NewPreset) -> Call[models.PresetItem]:
    """Make a preset: an own one, one shared in a workspace, or (administrators) a default one."""
    return Call("POST", place("/presets"), body=body, answer=models.PresetItem)


def create_project(body: models.NewProject) -> Call[models.ProjectItem]:
    """Put a project into a workspace; the same again changes nothing."""
    return Call("POST", place("/projects"), body=body, answer=models.ProjectItem)


def create_workspace(body: models.NewWorkspace) -> Call[models.WorkspaceItem]:
    """Make a workspace; you are its owner."""
    return Call("POST", place("/workspaces"), body=body, answer=models.WorkspaceItem)


def decline_invitation(invitation_id: str | int) -> Call[None]:
    """Don't join; the invitation ends."""
    return Call("POST", place("/invitations/{invitation_id}/decline", invitation_id=invitation_id))


def delete_account(body: models.AccountDeletion) -> Call[None]:
    """Delete the account and its personal workspace, for good. Shared workspaces need another owner first."""
    return Call("POST", place("/auth/delete-account"), body=body)


def delete_asset(asset_id: str | int) -> Call[None]:
    """Delete an asset; its file stays in the workspace."""
    return Call("DELETE", place("/assets/{asset_id}", asset_id=asset_id))


def delete_preset(preset_id: str | int) -> Call[None]:
    """Delete a preset."""
    return Call("DELETE", place("/presets/{preset_id}", preset_id=preset_id))


def delete_project(project_id: str | int) -> Call[None]:
    """Delete it for everyone; copies on people's own machines stay, and the server erases its own after 30 days."""
    return Call("DELETE", place("/projects/{project_id}", project_id=project_id))


def delete_workspace(workspace_id: str | int) -> Call[None]:
    """Put it into the trash with all it holds; it is erased after 30 days."""
    return Call("DELETE", place("/workspaces/{workspace_id}", workspace_id=workspace_id))


def disable_second_factor(body: models.ProofWithCode) -> Call[None]:
    """Switch it off; needs the password and a code."""
    return Call("POST", place("/auth/second-factor/disable"), body=body)


def end_device(device_id: str | int) -> Call[None]:
    """Sign out one device."""
    return Call("DELETE", place("/auth/devices/{device_id}", device_id=device_id))


def enrol_second_factor(body: models.Proof) -> Call[models.Enrolment]:
    """Begin: a secret for the authenticator app. Nothing changes before it is confirmed."""
    return Call("POST", place("/auth/second-factor/enrol"), body=body, answer=models.Enrolment)


def exchange_provider_code(body: models.Exchange) -> Call[models.SignedIn]:
    """Sign in on a device with the code that came to the studio's port; makes the account when it is new."""
    return Call("POST", place("/auth/oauth/exchange"), body=body, answer=models.SignedIn)


def export_account() -> Call[None]:
    """All that the server stores about one, and of the personal workspace, as JSON files in a ZIP."""
    return Call("GET", place("/auth/export"))


def find_missing_blobs(workspace_id: str | int, body: models.Hashes) -> Call[models.MissingBlobs]:
    """Which of these files the workspace lacks, or has damaged."""
    return Call(
        "POST",
        place("/workspaces/{workspace_id}/blobs/missing", workspace_id=workspace_id),
        body=body,
        answer=models.MissingBlobs,
    )


def finish_linking(body: models.LinkExchange) -> Call[models.IdentityItem]:
    """Link with the code that came to the studio's port."""
    return Call("POST", place("/auth/oauth/link"), body=body, answer=models.IdentityItem)


def finish_provider_sign_in(
    provider: str | int, *, state: str, code: str | None = None, error: str | None = None
) -> Call[None]:
    """For the browser that a provider sends back: goes on to the studio's own port."""
    return Call(
        "GET",
        place("/auth/oauth/{provider}/callback", provider=provider),
        params=given(state=state, code=code, error=error),
    )


def forgot_password(body: models.EmailOnly) -> Call[models.Message]:
    """Mail a link for a new password. The answer is the same for an unknown address, which gets no mail."""
    return Call("POST", place("/auth/forgot-password"), body=body, answer=models.Message)


def get_asset(asset_id: str | int) -> Call[models.AssetItem]:
    """One asset."""
    return Call("GET", place("/assets/{asset_id}", asset_id=asset_id), answer=models.AssetItem)


def get_blob(workspace_id: str | int, blob: str | int) -> Call[None]:
    """A file; ranges and entity tags work. 410 means that the server's copy is damaged: send it again if you have it."""
    return Call("GET", place("/workspaces/{workspace_id}/blobs/{blob}", workspace_id=workspace_id, blob=blob))


def get_me() -> Call[models.Me]:
    """One's own account."""
    return Call("GET", place("/auth/me"), answer=models.Me)


def get_notification_preferences() -> Call[models.Preferences]:
    """How one is told of what."""
    return Call("GET", place("/notifications/preferences"), answer=models.Preferences)


def get_part_addresses(upload_id: str | int, body: models.PartNumbers) -> Call[models.PartAddresses]:
    """Where parts can be PUT straight into the storage, if it takes them."""
    return Call(
        "POST", place("/uploads/{upload_id}/addresses", upload_id=upload_id), body=body, answer=models.PartAddresses
    )


def get_preset(preset_id: str | int) -> Call[models.PresetItem]:
    """One preset."""
    return Call("GET", place("/presets/{preset_id}", preset_id=preset_id), answer=models.PresetItem)


def get_project(project_id: str | int) -> Call[models.ProjectItem]:
    """One project."""
    return Call("GET", place("/projects/{project_id}", project_id=project_id), answer=models.ProjectItem)


def get_publication(publication_id: str | int) -> Call[models.PublicationItem]:
    """One publication, with its addresses and how often it was looked at."""
    return Call(
        "GET", place("/publications/{publication_id}", publication_id=publication_id), answer=models.PublicationItem
    )


def get_second_factor() -> Call[models.SecondFactorStatus]:
    """Whether signing in asks for a code, and how many recovery codes are left."""
    return Call("GET", place("/auth/second-factor"), answer=models.SecondFactorStatus)


def get_settings() -> Call[models.Settings]:
    """One's own settings."""
    return Call("GET", place("/settings"), answer=models.Settings)


def get_upload(upload_id: str | int) -> Call[models.UploadItem]:
    """Which parts are here, to go on after a break."""
    return Call("GET", place("/uploads/{upload_id}", upload_id=upload_id), answer=models.UploadItem)


def get_version(
    project_id: str | int, number: str | int, *, snapshot: bool | None = None
) -> Call[models.DocumentVersion]:
    """The project's document as it was after an entry of its log."""
    return Call(
        "GET",
        place("/projects/{project_id}/versions/{number}", project_id=project_id, number=number),
        params=given(snapshot=snapshot),
        answer=models.DocumentVersion,
    )


def get_workspace(workspace_id: str | int) -> Call[models.WorkspaceItem]:
    """One workspace, with your role in it."""
    return Call("GET", place("/workspaces/{workspace_id}", workspace_id=workspace_id), answer=models.WorkspaceItem)


def give_up_upload(upload_id: str | int) -> Call[None]:
    """End an upload; what was sent of it is thrown away."""
    return Call("DELETE", place("/uploads/{upload_id}", upload_id=upload_id))


def leave_workspace(workspace_id: str | int) -> Call[None]:
    """Leave it; the copies on your own machines stay yours."""
    return Call("POST", place("/workspaces/{workspace_id}/leave", workspace_id=workspace_id))


def list_api_keys(*, after: str | None = None, limit: int | None = None) -> Call[models.ApiKeyPage]:
    """One's own keys, the oldest first, without their secrets."""
    return Call("GET", place("/auth/api-keys"), params=given(after=after, limit=limit), answer=models.ApiKeyPage)


def list_assets(
    *,
    workspace_id: str | None = None,
    project_id: str | None = None,
    type_: str | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> Call[models.AssetPage]:
    """Assets of a workspace, or of all your workspaces, the oldest first."""
    return Call(
        "GET",
        place("/assets"),
        params=given(workspace_id=workspace_id, project_id=project_id, type_=type_, after=after, limit=limit),
        answer=models.AssetPage,
    )


def list_audit_events(
    workspace_id: str | int, *, after: str | None = None, limit: int | None = None
) -> Call[models.AuditPage]:
    """What was done in a workspace, the newest first."""
    return Call(
        "GET",
        place("/workspaces/{workspace_id}/audit", workspace_id=workspace_id),
        params=given(after=after, limit=limit),
        answer=models.AuditPage,
    )


def list_comments(
    project_id: str | int, *, after: int | None = None, limit: int | None = None
) -> Call[models.CommentPage]:
    """The comments of a project as they stand now."""
    return Call(
        "GET",
        place("/projects/{project_id}/comments", project_id=project_id),
        params=given(after=after, limit=limit),
        answer=models.CommentPage,
    )


def list_devices() -> Call[models.Devices]:
    """Where one is signed in, the last used first."""
    return Call("GET", place("/auth/devices"), answer=models.Devices)


def list_history(
    project_id: str | int, *, before: int | None = None, limit: int | None = None
) -> Call[models.HistoryPage]:
    """Who changed the project, newest first; edits of one person in a row are one line."""
    return Call(
        "GET",
        place("/projects/{project_id}/history", project_id=project_id),
        params=given(before=before, limit=limit),
        answer=models.HistoryPage,
    )


def list_identities() -> Call[models.IdentityList]:
    """The accounts at providers by which one can sign in."""
    return Call("GET", place("/auth/oauth/identities"), answer=models.IdentityList)


def list_invitations(
    workspace_id: str | int, *, after: str | None = None, limit: int | None = None
) -> Call[models.InvitationPage]:
    """The open invitations of a workspace."""
    return Call(
        "GET",
        place("/workspaces/{workspace_id}/invitations", workspace_id=workspace_id),
        params=given(after=after, limit=limit),
        answer=models.InvitationPage,
    )


def list_members(
    workspace_id: str | int, *, after: str | None = None, limit: int | None = None
) -> Call[models.MemberPage]:
    """Who belongs to it, in the order of joining."""
    return Call(
        "GET",
        place("/workspaces/{workspace_id}/members", workspace_id=workspace_id),
        params=given(after=after, limit=limit),
        answer=models.MemberPage,
    )


def list_my_invitations(*, after: str | None = None, limit: int | None = None) -> Call[models.InvitationPage]:
    """What is offered to the address of your account."""
    return Call("GET", place("/invitations"), params=given(after=after, limit=limit), answer=models.InvitationPage)


def list_notifications(
    *, unread: bool | None = None, after: str | None = None, limit: int | None = None
) -> Call[models.NotificationPage]:
    """One's own notifications, the newest first."""
    return Call(
        "GET",
        place("/notifications"),
        params=given(unread=unread, after=after, limit=limit),
        answer=models.NotificationPage,
    )


def list_own_audit_events(*, after: str | None = None, limit: int | None = None) -> Call[models.AuditPage]:
    """Sign-ins and changes of the account itself, the newest first."""
    return Call("GET", place("/audit"), params=given(after=after, limit=limit), answer=models.AuditPage)


def list_presets(
    *,
    home: str | None = None,
    workspace_id: str | None = None,
    category: str | None = None,
    search: str | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> Call[models.PresetPage]:
    """The presets that one may use, the oldest first."""
    return Call(
        "GET",
        place("/presets"),
        params=given(home=home, workspace_id=workspace_id, category=category, search=search, after=after, limit=limit),
        answer=models.PresetPage,
    )


def list_projects(
    *, workspace_id: str, after: str | None = None, limit: int | None = None, trashed: bool | None = None
) -> Call[models.ProjectPage]:
    """The projects of a workspace."""
    return Call(
        "GET",
        place("/projects"),
        params=given(workspace_id=workspace_id, after=after, limit=limit, trashed=trashed),
        answer=models.ProjectPage,
    )


def list_providers() -> Call[models.ProviderList]:
    """The providers that this server knows."""
    return Call("GET", place("/auth/oauth/providers"), answer=models.ProviderList)


def list_publications(
    *, workspace_id: str, after: str | None = None, limit: int | None = None
) -> Call[models.PublicationPage]:
    """The public pages of a workspace, ended ones too."""
    return Call(
        "GET",
        place("/publications"),
        params=given(workspace_id=workspace_id, after=after, limit=limit),
        answer=models.PublicationPage,
    )


def list_workspaces(
    *, after: str | None = None, limit: int | None = None, trashed: bool | None = None
) -> Call[models.WorkspacePage]:
    """The workspaces to which you belong."""
    return Call(
        "GET",
        place("/workspaces"),
        params=given(after=after, limit=limit, trashed=trashed),
        answer=models.WorkspacePage,
    )


def login(body: models.Login) -> Call[models.SignedIn]:
    """Sign in on a device. `second_factor_needed` asks for the same again with a code; `address_unconfirmed` says that the password is right, but the registration's mail waits to be confirmed."""
    return Call("POST", place("/auth/login"), body=body, answer=models.SignedIn)


def logout() -> Call[None]:
    """Sign out this device."""
    return Call("POST", place("/auth/logout"))


def logout_everywhere() -> Call[None]:
    """Sign out all devices, this one, too."""
    return Call("POST", place("/auth/logout-everywhere"))


def look_at_blob(workspace_id: str | int, blob: str | int) -> Call[None]:
    """The headers of a file alone."""
    return Call("HEAD", place("/workspaces/{workspace_id}/blobs/{blob}", workspace_id=workspace_id, blob=blob))


def mark_all_notifications_read(body: models.MarkAllRead) -> Call[models.Unread]:
    """Mark all as read, up to the newest one seen."""
    return Call("POST", place("/notifications/read-all"), body=body, answer=models.Unread)


def mark_notifications_read(body: models.MarkRead) -> Call[models.Unread]:
    """Mark some as read."""
    return Call("POST", place("/notifications/read"), body=body, answer=models.Unread)


def publish(body: models.NewPublication) -> Call[models.PublicationItem]:
    """Make a public page of an asset or of files."""
    return Call("POST", place("/publications"), body=body, answer=models.PublicationItem)


def pull_log(
    project_id: str | int,
    *,
    after_update: int | None = None,
    after_fact: int | None = None,
    limit: int | None = None,
    version: bool | None = None,
    merged: bool | None = None,
) -> Call[models.Pull]:
    """What came to a project's logs after these numbers."""
    return Call(
        "GET",
        place("/projects/{project_id}/log", project_id=project_id),
        params=given(after_update=after_update, after_fact=after_fact, limit=limit, version=version, merged=merged),
        answer=models.Pull,
    )


def push_log(project_id: str | int, body: models.Push) -> Call[models.Pushed]:
    """Add to a project's logs; durable when it is answered."""
    return Call("POST", place("/projects/{project_id}/log", project_id=project_id), body=body, answer=models.Pushed)


def refresh(body: models.Refresh) -> Call[models.Tokens]:
    """A new pair of tokens for a refresh token. Each is good once; one used again later ends the whole sign-in."""
    return Call("POST", place("/auth/refresh"), body=body, answer=models.Tokens)


def register(body: models.Registration) -> Call[models.Message]:
    """Begin an account: a mail with a link follows, whether or not the address is known."""
    return Call("POST", place("/auth/register"), body=body, answer=models.Message)


def remove_member(workspace_id: str | int, user_id: str | int) -> Call[None]:
    """Remove a member; live connections and signed links of this person end at once."""
    return Call(
        "DELETE", place("/workspaces/{workspace_id}/members/{user_id}", workspace_id=workspace_id, user_id=user_id)
    )


def rename_api_key(key_id: str | int, body: models.ApiKeyChange) -> Call[models.ApiKeyItem]:
    """Give a key another name."""
    return Call("PATCH", place("/auth/api-keys/{key_id}", key_id=key_id), body=body, answer=models.ApiKeyItem)


def rename_workspace(workspace_id: str | int, body: models.WorkspaceName) -> Call[models.WorkspaceItem]:
    """Give it another name."""
    return Call(
        "PATCH", place("/workspaces/{workspace_id}", workspace_id=workspace_id), body=body, answer=models.WorkspaceItem
    )


def renew_recovery_codes(body: models.ProofWithCode) -> Call[models.RecoveryCodes]:
    """Ten new recovery codes; those before are good no longer."""
    return Call("POST", place("/auth/second-factor/recovery-codes"), body=body, answer=models.RecoveryCodes)


def resend_invitation(workspace_id: str | int, invitation_id: str | int) -> Call[models.InvitationItem]:
    """Mail it again; it is good for another seven days."""
    return Call(
        "POST",
        place(
            "/workspaces/{workspace_id}/invitations/{invitation_id}/resend",
            workspace_id=workspace_id,
            invitation_id=invitation_id,
        ),
        answer=models.InvitationItem,
    )


def resend_verification(body: models.EmailOnly) -> Call[models.Message]:
    """Mail the link of a registration again."""
    return Call("POST", place("/auth/resend-verification"), body=body, answer=models.Message)


def reset_password(body: models.PasswordReset) -> Call[None]:
    """Choose a new password with the token of the mail. All devices are signed out."""
    return Call("POST", place("/auth/reset-password"), body=body)


def restore_workspace(workspace_id: str | int) -> Call[models.WorkspaceItem]:
    """Take it out of the trash."""
    return Call(
        "POST", place("/workspaces/{workspace_id}/restore", workspace_id=workspace_id), answer=models.WorkspaceItem
    )


def revoke_api_key(key_id: str | int) -> Call[None]:
    """End a key at once."""
    return Call("DELETE", place("/auth/api-keys/{key_id}", key_id=key_id))


def revoke_invitation(workspace_id: str | int, invitation_id: str | int) -> Call[None]:
    """Take it back."""
    return Call(
        "DELETE",
        place(
            "/workspaces/{workspace_id}/invitations/{invitation_id}",
            workspace_id=workspace_id,
            invitation_id=invitation_id,
        ),
    )


def rotate_api_key(key_id: str | int, body: models.Rotation) -> Call[models.ApiKeySecret]:
    """Give a key a new secret; the old one stays good for a while, so that scripts can be changed."""
    return Call("POST", place("/auth/api-keys/{key_id}/rotate", key_id=key_id), body=body, answer=models.ApiKeySecret)


def send_part(upload_id: str | int, number: str | int) -> Call[models.PartReceived]:
    """Send one part as plain bytes; the same part may be sent again."""
    return Call(
        "PUT",
        place("/uploads/{upload_id}/parts/{number}", upload_id=upload_id, number=number),
        answer=models.PartReceived,
    )


def sign_blob(workspace_id: str | int, blob: str | int, body: models.NewAddress) -> Call[models.Address]:
    """An address of the file that needs no sign-in, for a while and as long as you may see it yourself."""
    return Call(
        "POST",
        place("/workspaces/{workspace_id}/blobs/{blob}/url", workspace_id=workspace_id, blob=blob),
        body=body,
        answer=models.Address,
    )


def start_linking(provider: str | int, body: models.LinkStart) -> Call[models.BrowserAddress]:
    """Begin to link an account at a provider; nothing is linked before the studio brings back the code."""
    return Call(
        "POST", place("/auth/oauth/{provider}/link", provider=provider), body=body, answer=models.BrowserAddress
    )


def start_provider_sign_in(
    provider: str | int, *, redirect_uri: str, state: str, code_challenge: str, code_challenge_method: str | None = None
) -> Call[None]:
    """For the browser that a studio opens: goes on to the provider."""
    return Call(
        "GET",
        place("/auth/oauth/{provider}/start", provider=provider),
        params=given(
            redirect_uri=redirect_uri,
            state=state,
            code_challenge=code_challenge,
            code_challenge_method=code_challenge_method,
        ),
    )


def transfer_ownership(workspace_id: str | int, body: models.Heir) -> Call[models.MemberItem]:
    """Make another member the owner, and yourself an admin."""
    return Call(
        "POST",
        place("/workspaces/{workspace_id}/transfer", workspace_id=workspace_id),
        body=body,
        answer=models.MemberItem,
    )


def unlink_identity(identity_id: str | int) -> Call[None]:
    """Unlink one; the last way to sign in stays."""
    return Call("DELETE", place("/auth/oauth/identities/{identity_id}", identity_id=identity_id))


def unpublish(publication_id: str | int) -> Call[None]:
    """Take a page down: its addresses say "gone" from now on."""
    return Call("DELETE", place("/publications/{publication_id}", publication_id=publication_id))


def update_me(body: models.ProfileChange) -> Call[models.Me]:
    """Change the name that others see."""
    return Call("PATCH", place("/auth/me"), body=body, answer=models.Me)


def verify_email(body: models.Confirmation) -> Call[models.Confirmed]:
    """Confirm an address with the token of the mail: of a registration, or of a change of address."""
    return Call("POST", place("/auth/verify-email"), body=body, answer=models.Confirmed)
