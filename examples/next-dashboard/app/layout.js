import "./globals.css";

export const metadata = { title: "Dashboard" };

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
