//! Its logins.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::Tigervnc;
use crate::certificates::Certificates;
use crate::desktop::password;
use crate::process::free_port;

/// The name of a service to PAM, and of the file that says how it checks a login.
const SERVICE: &str = "porthole";

impl Tigervnc {
    pub fn with_password(password: &str) -> Self {
        Self::start_with(free_port(), (640, 480), |folder| with_password(folder, password))
    }

    /// With these of VeNCrypt's subtypes, such as `X509None,X509Vnc`; the password is for VNC Authentication.
    pub fn with_tls(subtypes: &str, password: &str, certificates: &Certificates) -> Self {
        Self::start_with(free_port(), (640, 480), |folder| {
            [
                security(subtypes),
                x509(certificates),
                password_file(folder, password),
            ]
            .concat()
        })
    }

    /// With X509Plain for this user, whom the system knows nothing of: PAM is made to look into a file of the test's
    /// own.
    pub fn with_user(user: (&str, &str), certificates: &Certificates) -> Self {
        Self::with_user_by("X509Plain", user, certificates)
    }

    /// The same with this of VeNCrypt's subtypes.
    pub fn with_user_by(subtype: &str, (name, password): (&str, &str), certificates: &Certificates) -> Self {
        let pam = certificates.folder().join("pam");
        fs::create_dir_all(&pam).unwrap();
        let users = pam.join("users");
        fs::write(&users, format!("{name}:{password}:{SERVICE}\n")).unwrap();
        let (module, users) = (pam_matrix(), users.display());
        let lines =
            ["auth", "account"].map(|what| format!("{what} required {} passdb={users}\n", module.display()));
        fs::write(pam.join(SERVICE), lines.concat()).unwrap();
        let environment = [
            ("LD_PRELOAD", "libpam_wrapper.so".into()),
            ("PAM_WRAPPER", "1".into()),
            ("PAM_WRAPPER_SERVICE_DIR", pam.into()),
        ];
        Self::start_in(&environment, free_port(), (640, 480), |_| {
            let plain = ["-PlainUsers", name, "-PAMService", SERVICE].map(OsString::from);
            [security(subtype), x509(certificates), plain.into()].concat()
        })
    }
}

pub(in crate::desktop) fn without_password() -> Vec<OsString> {
    security("None")
}

pub(in crate::desktop) fn with_password(folder: &Path, password: &str) -> Vec<OsString> {
    [security("VncAuth"), password_file(folder, password)].concat()
}

fn security(types: &str) -> Vec<OsString> {
    vec!["-SecurityTypes".into(), types.into()]
}

fn password_file(folder: &Path, password: &str) -> Vec<OsString> {
    vec!["-PasswordFile".into(), password::file(folder, password).into()]
}

fn x509(certificates: &Certificates) -> Vec<OsString> {
    vec![
        "-X509Cert".into(),
        certificates.certificate().into(),
        "-X509Key".into(),
        certificates.key().into(),
    ]
}

/// The module that comes with pam_wrapper and keeps users in a file.
fn pam_matrix() -> PathBuf {
    fs::read_dir("/usr/lib")
        .unwrap()
        .map(|entry| entry.unwrap().path().join("pam_wrapper/pam_matrix.so"))
        .find(|path| path.exists())
        .expect("pam_wrapper is missing: `cargo xtask setup --tests` installs it")
}
