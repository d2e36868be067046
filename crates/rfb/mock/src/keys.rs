//! The mock's own keys. They are public, like everything in here: nothing may ever trust them.

/// An RSA key as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerKey {
    /// Its length in bits, as the server says it.
    pub bits: u32,
    /// The modulus, in as many bytes as are sent.
    pub modulus: Vec<u8>,
    /// The public exponent, in as many bytes as are sent.
    pub exponent: Vec<u8>,
    /// The private exponent; empty for a key that cannot be used.
    pub private: Vec<u8>,
}

impl ServerKey {
    /// 2048 bits, as TigerVNC makes by itself. Made by `openssl genrsa`.
    pub fn bits_2048() -> Self {
        Self::from_hex(2048, MODULUS_2048, PRIVATE_2048)
    }

    /// 1024 bits: the least that servers have, and another key than [`Self::bits_2048`].
    pub fn bits_1024() -> Self {
        Self::from_hex(1024, MODULUS_1024, PRIVATE_1024)
    }

    /// 512 bits, which anybody can factor.
    pub fn bits_512() -> Self {
        Self::from_hex(512, MODULUS_512, PRIVATE_512)
    }

    /// A key of this many bits with this modulus, which need not be one.
    pub fn unusable(bits: u32, modulus: Vec<u8>) -> Self {
        Self {
            exponent: exponent(modulus.len(), 0x1_0001),
            private: Vec::new(),
            bits,
            modulus,
        }
    }

    /// The same key with another public exponent.
    #[must_use]
    pub fn with_exponent(self, number: u32) -> Self {
        Self {
            exponent: exponent(self.modulus.len(), number),
            ..self
        }
    }

    fn from_hex(bits: u32, modulus: &str, private: &str) -> Self {
        Self {
            private: bytes(private),
            ..Self::unusable(bits, bytes(modulus))
        }
    }

    /// As it is sent, and as it is hashed.
    pub fn wire(&self) -> Vec<u8> {
        [&self.bits.to_be_bytes()[..], &self.modulus, &self.exponent].concat()
    }
}

fn exponent(length: usize, number: u32) -> Vec<u8> {
    let mut exponent = vec![0; length.max(4)];
    let at = exponent.len() - 4;
    exponent[at..].copy_from_slice(&number.to_be_bytes());
    exponent
}

/// The bytes that hexadecimal digits stand for.
pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

/// A prime of 1024 bits, whose generator is 2: RFC 2409, 6.2.
pub const OAKLEY_GROUP_2: &str = "\
    FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD\
    EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED\
    EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF";

const MODULUS_2048: &str = "\
    B8856BC49370DEA81592C3C566EF85F9ACECC28B89423D4AA3B0745959EAA6428101827EB651A98866228244A0EEE2D9\
    AC92679AE89C2702CAAE174F0F15CA9FA69AD2F6EF8DD72D924A7F8C018ED593002DD4D7D8377475B64A4A564CC99AD9\
    25033E9453C1F8F9DD1D08904B239EBF5942910E5838EE7F2FD83678447AB296E2136B9D177C20852C10698C056E03A0\
    4AFAEA4ADD320C6E8643634B56EF0C168CF1337C1D70BE5EC21D4833769200E169887523EC59C5060B8601A04A32D15A\
    7B5A26EB2303B2D1A0260EE04A422CDF49694B0D6EFEE916EB54AF0669B72D1625B7F1C5885369D101260E6D36D58831\
    8CD7F054C56AFDCF62CDB272CF1C44FD";

const PRIVATE_2048: &str = "\
    1EDB8318F1DE39820AEF8B09374C5D8F922D5AE06A61172E64FEE48A2FB907BA4DE8227A4DC38CD2286063801618B4FB\
    997A3754C6CB1C5401708929D9B8377528EFB1D18560A74831F37EEE7B313782B890318CB2161E05F468EA93118ED274\
    37561A50444C873643D5AFE1AF8B22A855C545CC4C112343464D4658A8FD0AE1DB623BA6143D278C5C0E4D5370703B5B\
    7BB89B2D00C79F57E2482CCE9BD02E9D8CDD1380D67402AB876E369A53A64BD79375611729EFD304B7B93439BB0631B1\
    8122F2BBE39A5ED48F8B519D79B394803E7AFFBF34A9D45B387829CBB78BD62262D283B0F85E12A858CA6378AE82B78E\
    18BC5EBCB2D07FF220F21EB751ADB889";

const MODULUS_1024: &str = "\
    C2B29F0D8779A0BC7BB0712BD4004240A02C9A3DA7E75508E1A698724FD41705E0745A308079FAD34DDBC1A65FE1F31D\
    583E77F91DD11CABFDCA82A6F845081BC1997674358A8AC7DAFBDC54B417098DD6202E841E86DAFC56D11F0696F34754\
    7A89A99CFB12E00BE518E2F3037DCDA0B0C44E53F7FE731B18EC6ADEC547EE57";

const PRIVATE_1024: &str = "\
    89CE8A3BB63F45A1035F60CB27D44310A10ED0E1811D8117B73806C12A75B1120CCBEE265459824ADBDA06D82F17ABCF\
    826D3CD7CBDDFE1052A36B14A9B79AC3661381501DF1858C67ABEF68F43ABB0F69D278F38FF24096960CCA50A03A3F1A\
    565DF1433844D6F87FD323939BC775A9B134149774798A06ECA23F661F611891";

const MODULUS_512: &str = "\
    C27E1872B26772AA3D7B0EBA57E1E6B4C72F9408FD0EFD8E5AB7A69388A3758CF4D05374457A0C7F892855E9EDCC2B4D\
    0FB9225F189724FFA99C799143AE0D7D";

const PRIVATE_512: &str = "\
    C0BE9E13ECE1C02D1E48B9CBCA1441C29E33748D83DC3B43BC7B8C4561803C98FC76711C867B71F723BAEFECC4DA214E\
    68CD04DD2932270B276A555DFEB63C01";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ciphers::power;

    #[test]
    fn what_a_public_key_encrypts_its_private_key_decrypts() {
        for key in [
            ServerKey::bits_2048(),
            ServerKey::bits_1024(),
            ServerKey::bits_512(),
        ] {
            assert_eq!(key.modulus.len() * 8, key.bits as usize);
            assert_eq!(key.wire().len(), 4 + 2 * key.modulus.len());
            let mut number = vec![0; key.modulus.len()];
            number[1..18].copy_from_slice(&[7; 17]);
            let encrypted = power(&number, &key.exponent, &key.modulus);
            assert_ne!(encrypted, number);
            assert_eq!(power(&encrypted, &key.private, &key.modulus), number);
        }
    }
}
