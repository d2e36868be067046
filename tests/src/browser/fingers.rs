//! Fingers on the page.

use serde_json::{Value, json};

use super::{Browser, Engine, go, release};

/// WebKitGTK's driver has no fingers, and no X display that can be had here has any: the page is told of them as the engine
/// would tell it. What an engine makes of real ones, such as a click of a tap, is not seen so.
const TELL: &str = "
    const fingers = arguments[0].map((actions, number) => ({ actions, number, place: null, target: null }));
    const tell = (type, { number, place: [clientX, clientY], target }) =>
        target.dispatchEvent(new PointerEvent(type, {
            clientX, clientY, pointerId: 100 + number, pointerType: 'touch', isPrimary: number === 0,
            buttons: type === 'pointerup' ? 0 : 1, bubbles: true, cancelable: true,
        }));
    const act = (finger, { type, x, y }) => {
        if (type === 'pointerMove') {
            finger.place = [x, y];
            if (finger.target) tell('pointermove', finger);
        } else if (type === 'pointerDown') {
            finger.target = document.elementFromPoint(...finger.place);
            tell('pointerdown', finger);
        } else if (type === 'pointerUp') {
            tell('pointerup', finger);
            finger.target = null;
        }
    };
    const ticks = Math.max(...fingers.map(({ actions }) => actions.length));
    return (async () => {
        for (let tick = 0; tick < ticks; tick++) {
            const acting = fingers.filter(({ actions }) => tick < actions.length);
            for (const finger of acting) act(finger, finger.actions[tick]);
            const rest = Math.max(...acting.map(({ actions }) => actions[tick].duration ?? 0));
            await new Promise((next) => rest ? setTimeout(next, rest) : requestAnimationFrame(next));
        }
    })();";

impl Browser {
    /// Fingers, each step of theirs at the same time, as WebDriver's actions.
    pub fn fingers(&self, fingers: &[Vec<Value>]) {
        if self.engine == Engine::WebKitGtk {
            self.run(TELL, json!([fingers]));
            return;
        }
        let sources: Vec<Value> = fingers
            .iter()
            .enumerate()
            .map(|(finger, actions)| {
                let id = format!("finger {finger}");
                json!({ "type": "pointer", "id": id, "parameters": { "pointerType": "touch" }, "actions": actions })
            })
            .collect();
        self.post("actions", json!({ "actions": sources }));
    }

    /// Has fingers that are down go over these places, one after the other, and leave.
    pub fn fingers_leave(&self, ways: &[Vec<(i32, i32)>]) {
        if self.engine != Engine::Chromium {
            let leave = |way: &Vec<_>| way.iter().copied().map(go).chain([release(0)]).collect();
            return self.fingers(&ways.iter().map(leave).collect::<Vec<_>>());
        }
        // ChromeDriver knows of no finger that came down in a command before.
        let tell = |kind, points| {
            self.chromium(
                "Input.dispatchTouchEvent",
                json!({ "type": kind, "touchPoints": points }),
            );
        };
        for step in 0..ways.iter().map(Vec::len).max().unwrap_or_default() {
            let points = ways.iter().enumerate().filter_map(|(id, way)| {
                let (x, y) = way.get(step).or(way.last())?;
                Some(json!({ "id": id, "x": x, "y": y }))
            });
            tell("touchMove", points.collect());
        }
        tell("touchEnd", Vec::new());
    }
}
