/** Body and headers of an event. RabbitMQ would take 16 MiB; every copy goes through memory. */
export const maxMessageBytes = 1024 * 1024;
/** The client writes headers into 64 KiB, and a copy adds a note of up to 48 KiB to them. */
export const maxHeaderBytes = 16 * 1024;
