export interface User {
  readonly username: string;
  email: string;
  password: string;
  bio: string;
  image: string;
  readonly follows: Set<string>;
}

export interface Comment {
  readonly id: number;
  readonly body: string;
  readonly author: User;
  readonly at: string;
}

export interface Article {
  readonly slug: string;
  title: string;
  description: string;
  body: string;
  readonly tagList: readonly string[];
  readonly author: User;
  readonly createdAt: string;
  updatedAt: string;
  readonly favoritedBy: Set<string>;
  readonly comments: Comment[];
}

/** What the collection's first lists show, before it has written anything. */
export function anArticle(): Article {
  const [username, at] = ["johnjacob", new Date(0).toISOString()];
  const user = {
    username,
    email: "",
    password: "",
    bio: "",
    image: "",
    follows: new Set<string>(),
  };
  return {
    slug: "dragons",
    title: "Dragons",
    description: "What they eat",
    body: "Sheep.",
    tagList: ["dragons", "training"],
    author: user,
    createdAt: at,
    updatedAt: at,
    favoritedBy: new Set(["ann"]),
    comments: [],
  };
}
