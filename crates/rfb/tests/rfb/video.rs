//! Open H.264: what the client hands out to be decoded, and how it goes on.

use porthole_rfb::{Client, Config, Encoding, Event, Rect, Video};

use crate::server;

const PLACE: Rect = Rect {
    x: 1,
    y: 1,
    width: 2,
    height: 2,
};
/// Parameters of the constrained baseline profile, and a key frame that has no more than its beginning.
const KEY: &[u8] = &[
    0, 0, 0, 1, 0x67, 0x42, 0xC0, 0x0A, 7, 0, 0, 0, 1, 0x68, 7, 0, 0, 1, 0x65, 0x88, 7,
];
const NEXT: &[u8] = &[0, 0, 1, 0x41, 0x9A, 7];

fn video(flags: u32, data: &[u8]) -> Vec<u8> {
    let mut content = (data.len() as u32).to_be_bytes().to_vec();
    content.extend(flags.to_be_bytes());
    content.extend(data);
    server::rectangle(PLACE, Encoding::H264, &content)
}

fn grey(rect: Rect, grey: u8) -> Vec<u8> {
    let pixels = vec![grey; usize::from(rect.width) * usize::from(rect.height) * 4];
    server::rectangle(rect, Encoding::RAW, &pixels)
}

fn running() -> Client {
    let mut client = Client::new(Config::default());
    client.handle_input(&server::handshake(4, 4, "")).unwrap();
    while client.poll_event().is_some() {}
    client.poll_transmit();
    client
}

fn take_video(client: &mut Client) -> Option<Video> {
    std::iter::from_fn(|| client.poll_event()).find_map(|event| match event {
        Event::VideoReceived(video) => Some(video),
        _ => None,
    })
}

/// The red of every pixel.
fn reds(client: &Client) -> Vec<u8> {
    client.framebuffer().bytes().iter().step_by(4).copied().collect()
}

#[test]
fn nothing_goes_on_before_the_picture_is_there_in_any_slicing() {
    let update = server::framebuffer_update(&[
        grey(Rect::new(0, 0, 4, 4), 9),
        video(0, KEY),
        grey(Rect::new(0, 0, 2, 2), 5),
    ]);
    for slice in [1, 2, 7, update.len()] {
        let mut client = running();
        for bytes in update.chunks(slice) {
            client.handle_input(bytes).unwrap();
        }
        assert_eq!(reds(&client), [9; 16], "slices of {slice}");
        let video = take_video(&mut client).unwrap();
        assert_eq!((video.rect, video.codec.as_str()), (PLACE, "avc1.42C00A"));
        assert_eq!(video.frames.len(), 1);
        assert!(video.frames[0].is_key && video.frames[0].data == KEY);
        client
            .provide_video(Some(
                [[1, 0, 0, 0], [2, 0, 0, 0], [3, 0, 0, 0], [4, 0, 0, 0]].concat(),
            ))
            .unwrap();
        assert_eq!(reds(&client), [5, 5, 9, 9, 5, 5, 2, 9, 9, 3, 4, 9, 9, 9, 9, 9]);
        assert_eq!(client.framebuffer().bytes()[(4 + 2) * 4 + 3], 255);
        let events: Vec<Event> = std::iter::from_fn(|| client.poll_event()).collect();
        assert_eq!(events, [Event::UpdateCompleted { rectangles: 3 }]);
    }
}

#[test]
fn without_a_picture_or_with_too_little_of_one_the_rest_stays_as_it_is() {
    for picture in [None, Some(vec![]), Some(vec![7; 7])] {
        let mut client = running();
        let update = server::framebuffer_update(&[grey(Rect::new(0, 0, 4, 4), 9), video(0, KEY)]);
        client.handle_input(&update).unwrap();
        client.provide_video(picture).unwrap();
        assert_eq!(reds(&client), [9; 16]);
        assert_eq!(client.statistics().updates, 1);
    }
    let mut client = running();
    client
        .handle_input(&server::framebuffer_update(&[video(0, KEY)]))
        .unwrap();
    client.provide_video(Some(vec![6; 40])).unwrap();
    assert_eq!(reds(&client), [0, 0, 0, 0, 0, 6, 6, 0, 0, 6, 6, 0, 0, 0, 0, 0]);
}

#[test]
fn flags_end_contexts_and_empty_data_are_only_flags() {
    let mut client = running();
    let mut numbers = Vec::new();
    for (flags, data) in [(0, KEY), (0, NEXT), (1, KEY), (2, KEY)] {
        client
            .handle_input(&server::framebuffer_update(&[video(flags, data)]))
            .unwrap();
        numbers.push(take_video(&mut client).unwrap().context);
        client.provide_video(None).unwrap();
    }
    assert_eq!(numbers, [1, 1, 2, 3]);
    client
        .handle_input(&server::framebuffer_update(&[video(3, &[])]))
        .unwrap();
    let events: Vec<Event> = std::iter::from_fn(|| client.poll_event()).collect();
    assert!(
        events.contains(&Event::VideoContextsClosed(vec![3])),
        "{events:?}"
    );
    // A context that has no key frame yet has nothing to decode.
    client
        .handle_input(&server::framebuffer_update(&[video(0, NEXT)]))
        .unwrap();
    assert_eq!(take_video(&mut client), None);
}

#[test]
fn a_client_that_refuses_videos_asks_for_other_encodings_and_passes_over_what_comes() {
    let mut client = Client::new(Config {
        encodings: vec![Encoding::H264, Encoding::RAW],
        ..Config::default()
    });
    client.handle_input(&server::handshake(4, 4, "")).unwrap();
    client.poll_transmit();
    let update = server::framebuffer_update(&[video(0, KEY), grey(Rect::new(0, 0, 4, 4), 9)]);
    client.handle_input(&update).unwrap();
    assert!(take_video(&mut client).is_some());
    // The request for the next update, which this one has begun.
    assert_eq!(client.poll_transmit().map(|sent| sent[0]), Some(3));
    client.refuse_video().unwrap();
    assert_eq!(reds(&client), [9; 16]);
    let sent = client.poll_transmit().unwrap();
    assert_eq!((sent[0], &sent[4..8]), (2, &[0, 0, 0, 0][..]));
    client
        .handle_input(&server::framebuffer_update(&[video(0, KEY), grey(PLACE, 3)]))
        .unwrap();
    assert_eq!(take_video(&mut client), None);
    assert_eq!(client.statistics().updates, 2);
}

#[test]
fn a_video_beyond_the_screen_or_a_limit_is_an_error() {
    let mut client = running();
    let outside = server::rectangle(Rect::new(3, 3, 2, 2), Encoding::H264, &[]);
    let error = client
        .handle_input(&server::framebuffer_update(&[outside]))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "FramebufferUpdate: H.264 rectangle 2x2 at 3,3: it reaches beyond the framebuffer of 4x4"
    );
    let mut client = running();
    let long = server::rectangle(PLACE, Encoding::H264, &[0xFF, 0, 0, 0, 0, 0, 0, 0]);
    let error = client
        .handle_input(&server::framebuffer_update(&[long]))
        .unwrap_err();
    assert!(error.to_string().contains("a video's length"), "{error}");
    let mut client = running();
    let many = video(0, &KEY.repeat(257));
    let error = client
        .handle_input(&server::framebuffer_update(&[many]))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "FramebufferUpdate: H.264 rectangle 2x2 at 1,1: a number of pictures of 257 is more than 256"
    );
}
