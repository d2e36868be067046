//! What the logins compute, by libraries: here is how they are called, and that they give what is published.

use aes::cipher::{
    BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, KeyInit, KeyIvInit, StreamCipher,
};
use aes::{Aes128, Aes256};
use cmac::{Cmac, Mac};
use ctr::Ctr128BE;
use des::Des;
use md5::Md5;
use num_bigint::BigUint;
use sha1::{Digest, Sha1};
use sha2::Sha256;

/// AES of either key length in EAX mode, put together from its parts as the mode's paper does, CMAC (there OMAC) and
/// the counter mode: a library of the whole mode is what clients have.
pub(crate) struct AesEax {
    /// 16 or 32 bytes.
    key: Vec<u8>,
}

impl AesEax {
    pub(crate) fn new(key: &[u8]) -> Self {
        Self { key: key.to_vec() }
    }

    /// The ciphertext and behind it the MAC of 16 bytes.
    pub(crate) fn seal(&self, nonce: &[u8; 16], header: &[u8], message: &[u8]) -> Vec<u8> {
        let mut sealed = message.to_vec();
        self.count(&self.omac(0, nonce), &mut sealed);
        let mac = self.mac(nonce, header, &sealed);
        sealed.extend(mac);
        sealed
    }

    /// The message, or `None` if its MAC is another.
    pub(crate) fn open(&self, nonce: &[u8; 16], header: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (message, mac) = sealed.split_last_chunk::<16>()?;
        if self.mac(nonce, header, message) != *mac {
            return None;
        }
        let mut message = message.to_vec();
        self.count(&self.omac(0, nonce), &mut message);
        Some(message)
    }

    fn mac(&self, nonce: &[u8], header: &[u8], ciphertext: &[u8]) -> [u8; 16] {
        let parts = [
            self.omac(0, nonce),
            self.omac(1, header),
            self.omac(2, ciphertext),
        ];
        std::array::from_fn(|at| parts[0][at] ^ parts[1][at] ^ parts[2][at])
    }

    /// CMAC of a block with this number and the bytes.
    fn omac(&self, number: u8, bytes: &[u8]) -> [u8; 16] {
        fn cmac<M: Mac + KeyInit>(key: &[u8], parts: [&[u8]; 2]) -> [u8; 16] {
            let mut mac = <M as KeyInit>::new_from_slice(key).unwrap();
            parts.iter().for_each(|part| mac.update(part));
            mac.finalize().into_bytes()[..].try_into().unwrap()
        }
        let mut block = [0; 16];
        block[15] = number;
        match self.key.len() {
            16 => cmac::<Cmac<Aes128>>(&self.key, [&block, bytes]),
            _ => cmac::<Cmac<Aes256>>(&self.key, [&block, bytes]),
        }
    }

    /// The counter mode, from this block on.
    fn count(&self, from: &[u8; 16], bytes: &mut [u8]) {
        match self.key.len() {
            16 => Ctr128BE::<Aes128>::new_from_slices(&self.key, from)
                .unwrap()
                .apply_keystream(bytes),
            _ => Ctr128BE::<Aes256>::new_from_slices(&self.key, from)
                .unwrap()
                .apply_keystream(bytes),
        }
    }
}

pub(crate) fn sha1(parts: &[&[u8]]) -> Vec<u8> {
    Sha1::digest(parts.concat()).to_vec()
}

pub(crate) fn sha256(parts: &[&[u8]]) -> Vec<u8> {
    Sha256::digest(parts.concat()).to_vec()
}

pub(crate) fn md5(bytes: &[u8]) -> [u8; 16] {
    Md5::digest(bytes).into()
}

/// Whole blocks, each by itself (ECB).
pub(crate) fn aes_128_ecb_decrypt(key: &[u8; 16], bytes: &mut [u8]) {
    let cipher = Aes128::new(key.into());
    for block in bytes.chunks_exact_mut(16) {
        cipher.decrypt_block(block.try_into().unwrap());
    }
}

/// VNC's DES counts the bits of a key's byte from the lowest.
pub(crate) fn reversed(key: [u8; 8]) -> [u8; 8] {
    key.map(u8::reverse_bits)
}

/// Whole blocks, each by itself (ECB).
pub(crate) fn des_ecb_encrypt(key: [u8; 8], bytes: &mut [u8]) {
    let cipher = Des::new(&key.into());
    for block in bytes.chunks_exact_mut(8) {
        cipher.encrypt_block(block.try_into().unwrap());
    }
}

/// Whole blocks, in CBC mode.
pub(crate) fn des_cbc_decrypt(key: [u8; 8], initial: [u8; 8], bytes: &mut [u8]) {
    let mut cipher = cbc::Decryptor::<Des>::new(&key.into(), &initial.into());
    for block in bytes.chunks_exact_mut(8) {
        cipher.decrypt_block(block.try_into().unwrap());
    }
}

/// `base` to the power of `exponent`, modulo `modulus`, in as many bytes as the modulus has. Of the modulus 0 it is 0.
pub(crate) fn power(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Vec<u8> {
    let [base, exponent, divisor] = [base, exponent, modulus].map(BigUint::from_bytes_be);
    let result = if divisor == BigUint::ZERO {
        divisor
    } else {
        base.modpow(&exponent, &divisor)
    };
    padded(&result.to_bytes_be(), modulus.len())
}

/// A number in this many bytes.
fn padded(number: &[u8], length: usize) -> Vec<u8> {
    let digits = number
        .iter()
        .position(|byte| *byte != 0)
        .map_or(&[][..], |at| &number[at..]);
    let mut bytes = vec![0; length - digits.len()];
    bytes.extend_from_slice(digits);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::bytes;

    /// M. Bellare, P. Rogaway, D. Wagner: The EAX Mode of Operation, appendix G: message, key, nonce, header, cipher.
    const EAX: [[&str; 5]; 10] = [
        [
            "",
            "233952DEE4D5ED5F9B9C6D6FF80FF478",
            "62EC67F9C3A4A407FCB2A8C49031A8B3",
            "6BFB914FD07EAE6B",
            "E037830E8389F27B025A2D6527E79D01",
        ],
        [
            "F7FB",
            "91945D3F4DCBEE0BF45EF52255F095A4",
            "BECAF043B0A23D843194BA972C66DEBD",
            "FA3BFD4806EB53FA",
            "19DD5C4C9331049D0BDAB0277408F67967E5",
        ],
        [
            "1A47CB4933",
            "01F74AD64077F2E704C0F60ADA3DD523",
            "70C3DB4F0D26368400A10ED05D2BFF5E",
            "234A3463C1264AC6",
            "D851D5BAE03A59F238A23E39199DC9266626C40F80",
        ],
        [
            "481C9E39B1",
            "D07CF6CBB7F313BDDE66B727AFD3C5E8",
            "8408DFFF3C1A2B1292DC199E46B7D617",
            "33CCE2EABFF5A79D",
            "632A9D131AD4C168A4225D8E1FF755939974A7BEDE",
        ],
        [
            "40D0C07DA5E4",
            "35B6D0580005BBC12B0587124557D2C2",
            "FDB6B06676EEDC5C61D74276E1F8E816",
            "AEB96EAEBE2970E9",
            "071DFE16C675CB0677E536F73AFE6A14B74EE49844DD",
        ],
        [
            "4DE3B35C3FC039245BD1FB7D",
            "BD8E6E11475E60B268784C38C62FEB22",
            "6EAC5C93072D8E8513F750935E46DA1B",
            "D4482D1CA78DCE0F",
            "835BB4F15D743E350E728414ABB8644FD6CCB86947C5E10590210A4F",
        ],
        [
            "8B0A79306C9CE7ED99DAE4F87F8DD61636",
            "7C77D6E813BED5AC98BAA417477A2E7D",
            "1A8C98DCD73D38393B2BF1569DEEFC19",
            "65D2017990D62528",
            "02083E3979DA014812F59F11D52630DA30137327D10649B0AA6E1C181DB617D7F2",
        ],
        [
            "1BDA122BCE8A8DBAF1877D962B8592DD2D56",
            "5FFF20CAFAB119CA2FC73549E20F5B0D",
            "DDE59B97D722156D4D9AFF2BC7559826",
            "54B9F04E6A09189A",
            "2EC47B2C4954A489AFC7BA4897EDCDAE8CC33B60450599BD02C96382902AEF7F832A",
        ],
        [
            "6CF36720872B8513F6EAB1A8A44438D5EF11",
            "A4A4782BCFFD3EC5E7EF6D8C34A56123",
            "B781FCF2F75FA5A8DE97A9CA48E522EC",
            "899A175897561D7E",
            "0DE18FD0FDD91E7AF19F1D8EE8733938B1E8E7F6D2231618102FDB7FE55FF1991700",
        ],
        [
            "CA40D7446E545FFAED3BD12A740A659FFBBB3CEAB7",
            "8395FCF1E95BEBD697BD010BC766AAC3",
            "22E7ADD93CFC6393C57EC0B3C17D6B44",
            "126735FCC320D25A",
            "CB8920F87A6C75CFF39627B56E3ED197C552D295A7CFC46AFC253B4652B1AF3795B124AB6E",
        ],
    ];

    #[test]
    fn eax_gives_what_its_paper_says() {
        for [message, key, nonce, header, cipher] in EAX.map(|vector| vector.map(bytes)) {
            let nonce = nonce.try_into().unwrap();
            let eax = AesEax::new(&key);
            assert_eq!(eax.seal(&nonce, &header, &message), cipher);
            assert_eq!(eax.open(&nonce, &header, &cipher), Some(message));
            let mut broken = cipher;
            broken[0] ^= 1;
            assert_eq!(eax.open(&nonce, &header, &broken), None);
        }
    }

    /// FIPS 197, appendix C.1.
    #[test]
    fn aes_gives_what_fips_197_says() {
        let key = bytes("000102030405060708090A0B0C0D0E0F").try_into().unwrap();
        let mut block = bytes("69C4E0D86A7B0430D8CDB78070B4C55A");
        aes_128_ecb_decrypt(&key, &mut block);
        assert_eq!(block, bytes("00112233445566778899AABBCCDDEEFF"));
    }

    /// FIPS 197, appendix C.3. EAX's paper has none for this key length.
    #[test]
    fn aes_of_256_bits_gives_what_fips_197_says() {
        let key = bytes("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F");
        let mut block = bytes("00112233445566778899AABBCCDDEEFF");
        Aes256::new_from_slice(&key)
            .unwrap()
            .encrypt_block((&mut block[..]).try_into().unwrap());
        assert_eq!(block, bytes("8EA2B7CA516745BFEAFC49904B496089"));
    }

    /// FIPS 81, appendices B.1 and C.1.
    #[test]
    fn des_gives_what_fips_81_says() {
        let key: [u8; 8] = bytes("0123456789ABCDEF").try_into().unwrap();
        let text = b"Now is the time for all ";
        let mut blocks = text.to_vec();
        des_ecb_encrypt(key, &mut blocks);
        assert_eq!(blocks, bytes("3FA40E8A984D48156A271787AB8883F9893D51EC4B563B53"));
        let mut blocks = bytes("E5C7CDDE872BF27C43E934008C389C0F683788499A7C05F6");
        des_cbc_decrypt(key, bytes("1234567890ABCDEF").try_into().unwrap(), &mut blocks);
        assert_eq!(blocks, text);
    }

    /// RFC 1321, A.5.
    #[test]
    fn md5_gives_what_rfc_1321_says() {
        for (text, digest) in [
            ("", "D41D8CD98F00B204E9800998ECF8427E"),
            ("a", "0CC175B9C0F1B6A831C399E269772661"),
            ("abc", "900150983CD24FB0D6963F7D28E17F72"),
            ("message digest", "F96B697D7CB7938D525A2F31AAF161D0"),
            ("abcdefghijklmnopqrstuvwxyz", "C3FCD3D76192E4007DFB496CCA67E13B"),
        ] {
            assert_eq!(md5(text.as_bytes()).to_vec(), bytes(digest), "{text}");
        }
    }

    /// FIPS 180-2, appendices A and B.
    #[test]
    fn sha_gives_what_fips_180_says() {
        let parts = [&b"a"[..], b"bc"];
        assert_eq!(sha1(&parts), bytes("A9993E364706816ABA3E25717850C26C9CD0D89D"));
        assert_eq!(
            sha256(&parts),
            bytes("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")
        );
        let long = &b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"[..];
        assert_eq!(sha1(&[long]), bytes("84983E441C3BD26EBAAE4AA1F95129E5E54670F1"));
        assert_eq!(
            sha256(&[long]),
            bytes("248D6A61D20638B8E5C026930C3E6039A33CE45964FF2167F6ECEDD419DB06C1")
        );
    }

    #[test]
    fn powers_have_the_length_of_their_modulus() {
        assert_eq!(power(&[3], &[4], &[0, 7]), [0, 4]);
        assert_eq!(power(&[7], &[1], &[0, 7]), [0, 0]);
        assert_eq!(power(&[7], &[1], &[0, 0, 0]), [0, 0, 0]);
    }
}
