/** How packets travel, as text: the first character is the packet's type. */
export interface Transport {
  send(packet: string): void;
  /** Ends it, after what was sent. Nothing is reported from then on. */
  close(): void;
  /** Ends it without a closing handshake, which a frozen network would not answer. */
  cut(): void;
}

interface TransportEvents {
  onPacket: (packet: string) => void;
  /** It does not work, or no longer. */
  onError: (reason: string) => void;
  /** The other side has closed it. */
  onClose: (code?: number) => void;
}

export type TransportName = 'websocket' | 'polling';

/** @param url http or https, with the query of the connection */
export type OpenTransport = (url: URL, events: TransportEvents) => Transport;
